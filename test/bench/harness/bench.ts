import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Case, Program } from './benchmark.ts';
import { commandOf, type Request, readRequest, UsageError } from './command-line.ts';
import { type CacheEnvironment, withFreshCache } from './fresh-cache.ts';
import { thisMachine } from './machine.ts';
import { benchmarkNames, findBenchmark } from './registry.ts';
import { currentCommit, describeSurroundings, printedCase, type Report } from './report.ts';
import { type CaseResult, runCase } from './run-case.ts';
import { runProgram } from './run-program.ts';
import { readVersions } from './versions.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Above this, others take so much of the machine that only ratios mean something. */
const BUSY_LOAD = 0.5;

/**
 * Runs a benchmark: tables on standard output, what is going on on standard error.
 *
 * @throws UsageError if the benchmark or an option is not known, or `--only` leaves nobody
 */
export async function bench(name: string | undefined, args: readonly string[]): Promise<void> {
  const benchmark = name === undefined ? undefined : await findBenchmark(name);
  if (name === undefined || benchmark === undefined) throw new UsageError(await unknownBenchmark(name));
  const request = readRequest(name, benchmark, args);
  const cases = chosen(benchmark.cases({ ...request.options, seconds: request.seconds }), request);
  const surroundings = {
    format: 1 as const,
    benchmark: name,
    command: commandOf(name, benchmark, request),
    date: new Date().toISOString(),
    commit: currentCommit(ROOT),
    machine: thisMachine(),
    versions: await readVersions(),
  };
  console.log(describeSurroundings(surroundings));
  const { load } = surroundings.machine;
  if (load > BUSY_LOAD) console.log(`! other programs are running (load ${load.toFixed(1)})`);

  const results = await withFreshCache((env) => runCases(cases, request, env));
  const report: Report = { ...surroundings, cases: results };
  if (request.json !== undefined) writeFileSync(request.json, `${JSON.stringify(report, null, 2)}\n`);
}

async function runCases(
  cases: readonly Case[],
  { rounds }: Request,
  env: CacheEnvironment,
): Promise<CaseResult[]> {
  const run = (program: Program) => runProgram({ ...program, env: { ...env, ...program.env } });
  const results: CaseResult[] = [];
  for (const one of cases) {
    console.error(`\n${one.title}`);
    const result = await runCase(one, { rounds, run, onTurn: (line) => console.error(`  ${line}`) });
    console.log(printedCase(result));
    results.push(result);
  }
  return results;
}

/** The cases with the participants that were asked for. */
function chosen(cases: readonly Case[], { only }: Request): Case[] {
  if (only === undefined) return [...cases];
  const kept = cases
    .map((one) => ({
      ...one,
      participants: one.participants.filter(({ name }) => only.some((word) => name.includes(word))),
    }))
    .filter(({ participants }) => participants.length > 0);
  if (kept.length > 0) return kept;
  const names = new Set(cases.flatMap(({ participants }) => participants.map(({ name }) => name)));
  throw new UsageError(`--only ${only.join()}: no such participant; there are ${[...names].join(', ')}`);
}

async function unknownBenchmark(name: string | undefined): Promise<string> {
  const lines = benchmarkNames().map(
    async (known) => `  ${known.padEnd(12)} ${(await findBenchmark(known))?.summary}`,
  );
  const problem = name === undefined ? 'which benchmark?' : `there is no benchmark ${JSON.stringify(name)}`;
  const list = [
    ...(await Promise.all(lines)),
    `  ${'render'.padEnd(12)} write the tables of docs/performance.md`,
  ];
  return [problem, ...list].join('\n');
}
