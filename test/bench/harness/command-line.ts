import { parseArgs } from 'node:util';
import type { Benchmark, OptionSpecs } from './benchmark.ts';
import { count, type Option, text } from './options.ts';

/** What every benchmark understands. */
const COMMON = {
  /** How many times every participant has its turn. */
  rounds: count(3),
  /** How long a participant's timed steps last in each of its turns. */
  seconds: count(5),
  /** Words of which a participant's name has to contain one. */
  only: text('NAME[,NAME]'),
  /** Where the rows are written to as well. */
  json: text('FILE'),
};

/** What a benchmark was asked to do. */
export interface Request {
  readonly rounds: number;
  readonly seconds: number;
  readonly only: readonly string[] | undefined;
  readonly json: string | undefined;
  /** The benchmark's own options. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A command line that is not understood; its message is meant for the user. */
export class UsageError extends Error {}

/**
 * Reads what stands after a benchmark's name.
 *
 * @throws UsageError naming an option that is not known or whose value is none
 */
export function readRequest(name: string, benchmark: Benchmark, args: readonly string[]): Request {
  const specs: OptionSpecs = { ...benchmark.options, ...COMMON };
  const given = parse(name, specs, args);
  const read = <T>(key: string, option: Option<T>): T => {
    const raw = given[key];
    if (raw === undefined) return option.default;
    const value = option.parse(raw);
    if (value !== undefined) return value;
    throw new UsageError(`--${key} ${raw}: expected ${option.usage}\n${usage(name, specs)}`);
  };
  const own = Object.entries(benchmark.options).map(([key, option]) => [key, read(key, option)]);
  return {
    rounds: read('rounds', COMMON.rounds),
    seconds: read('seconds', COMMON.seconds),
    only: read('only', COMMON.only)?.split(','),
    json: read('json', COMMON.json),
    options: Object.fromEntries(own),
  };
}

/**
 * The command that asks for the same again, on any machine: where the rows go, and options that were not given, are left
 * out, and folders are called so.
 */
export function commandOf(
  name: string,
  benchmark: Benchmark,
  { rounds, seconds, only, options }: Request,
): string {
  const flags = { ...options, rounds, seconds, only: only?.join(',') };
  const words = Object.entries(flags).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const { usage } = benchmark.options[key] ?? {};
    return [`--${key} ${usage === 'FOLDER' ? usage : quoted(String(value))}`];
  });
  return ['npm run bench --', name, ...words].join(' ');
}

function parse(
  name: string,
  specs: OptionSpecs,
  args: readonly string[],
): Record<string, string | undefined> {
  const options = Object.fromEntries(Object.keys(specs).map((key) => [key, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage(name, specs)}`);
  }
}

function usage(name: string, specs: OptionSpecs): string {
  const flags = Object.entries(specs).map(([key, option]) => `[--${key} ${option.usage}]`);
  return `usage: npm run bench -- ${name} ${flags.join(' ')}`;
}

function quoted(word: string): string {
  return /^[\w.,/-]+$/.test(word) ? word : `'${word}'`;
}
