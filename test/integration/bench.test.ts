/** The benchmarks' harness, with participants that only pretend. Nothing here says how fast anything is. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Case, Participant, Program, Side } from '../bench/harness/benchmark.ts';
import { caseCells, conclusionLines, failureLines } from '../bench/harness/case-table.ts';
import { markdownTable } from '../bench/harness/columns.ts';
import { commandOf, readRequest } from '../bench/harness/command-line.ts';
import { parseMeasurement } from '../bench/harness/measurement.ts';
import { benchmarkNames, findBenchmark } from '../bench/harness/registry.ts';
import { readReports, withTables } from '../bench/harness/render-performance.ts';
import { printedCase, type Report } from '../bench/harness/report.ts';
import { type CaseResult, runCase } from '../bench/harness/run-case.ts';
import { quantile, steadyPart } from '../bench/harness/statistics.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program that prints a measurement of these times. */
function pretending(stepMs: readonly number[], more: object = {}): Program {
  const measurement = {
    setupMs: 10,
    firstStepMs: 100,
    stepMs,
    peakBytes: 5e8,
    peakBeforeBytes: 4e8,
    ...more,
  };
  return {
    command: process.execPath,
    args: ['-e', `console.log('noise\\n' + ${'`'}${JSON.stringify(measurement)}${'`'})`],
  };
}

const participant = (name: string, side: Side, program: Program): Participant => ({ name, side, program });

const failing: Program = {
  command: process.execPath,
  args: ['-e', "console.error('some warning'); throw new TypeError('no such kernel')"],
};
const missing: Program = { command: '/nowhere/python', args: [], remedy: 'npm run bench:setup' };

const CASE: Case = {
  title: 'A made-up step',
  items: { name: 'images', perStep: 128 },
  participants: [
    participant('stock', 'stock', pretending([40, 40, 40, 40])),
    participant('ours', 'ours', pretending([30, 11, 10, 10, 9])),
    participant('theirs', 'pytorch', pretending([20, 20, 20, 20])),
    { ...participant('theirs, compiled', 'pytorch', pretending([5, 5, 5, 5])), precision: 'bfloat16' },
    participant('broken', 'pytorch', failing),
    participant('absent', 'pytorch', missing),
    participant('limit', 'limit', pretending([8, 8])),
  ],
};

describe('a case', () => {
  it('is a row for everybody who did the work, a line for who did not, and what the rows say', async () => {
    const result = await runCase(CASE, { rounds: 2 });
    expect(printedCase(result)).toBe(
      `
A made-up step

                    ms    p10–p90  images/s  first ms  set-up ms  peak MB  before
─────────────────────────────────────────────────────────────────────────────────
stock             40.0  40.0–40.0      3200       100         10      500     400
ours              10.0  9.00–11.0     12800       100         10      500     400
theirs            20.0  20.0–20.0      6400       100         10      500     400
theirs, compiled  5.00  5.00–5.00     25600       100         10      500     400
limit             8.00  8.00–8.00     16000       100         10      500     400

! broken: TypeError: no such kernel
! absent: is not installed; type: npm run bench:setup

best of ours against best of PyTorch (ours against theirs, compiled): 0.50×, rounds 0.50× to 0.50×
best of ours against best of stock tfjs-node (ours against stock): 4.00×, rounds 4.00× to 4.00×
best of ours against best of PyTorch, float32 (ours against theirs): 2.00×, rounds 2.00× to 2.00×
best of ours against best of stock tfjs-node, float32 (ours against stock): 4.00×, rounds 4.00× to 4.00×
ours: share of the speed of a large float32 matrix product: 80 %`,
    );
  });

  it('gives turns one after another, forth and back, and none to who has failed', async () => {
    const order: string[] = [];
    let running = 0;
    const run = async ({ command }: Program): Promise<string> => {
      expect(running).toBe(0);
      running += 1;
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      order.push(command);
      if (command === 'b') throw new Error('fails');
      return '{"setupMs":1,"firstStepMs":1,"stepMs":[1]}';
    };
    const participants = ['a', 'b', 'c'].map((name) =>
      participant(name, 'ours', { command: name, args: [] }),
    );
    await runCase({ title: 'order', participants }, { rounds: 3, run });
    expect(order.join('')).toBe('abccaac');
  });

  it('has no table where nobody could do the work', async () => {
    const result = await runCase(
      { title: 'None', participants: [participant('broken', 'ours', failing)] },
      { rounds: 1 },
    );
    expect(caseCells(result)).toBeUndefined();
    expect(printedCase(result)).toBe('\nNone\n\n! broken: TypeError: no such kernel');
  });

  it('refuses participants that do not do the same work', async () => {
    const participants = [
      participant('small', 'ours', pretending([1], { weights: 10 })),
      participant('large', 'pytorch', pretending([1], { weights: 11 })),
    ];
    await expect(runCase({ title: 'Unequal', participants }, { rounds: 1 })).rejects.toThrow(
      'Unequal: the participants do not handle the same number of weights (small: 10, large: 11)',
    );
  });
});

describe('a measurement', () => {
  it('is the last line of what a program prints, and nothing else will do', () => {
    const line = '{"setupMs":1,"firstStepMs":2,"stepMs":[3]}';
    expect(parseMeasurement(`hello\n${line}\n`)).toEqual({ setupMs: 1, firstStepMs: 2, stepMs: [3] });
    for (const bad of [
      '',
      'hello',
      '{}',
      '{"setupMs":1,"firstStepMs":2}',
      '{"setupMs":1,"firstStepMs":2,"stepMs":["3"]}',
    ]) {
      expect(() => parseMeasurement(bad)).toThrow('printed no measurement');
    }
  });

  it('loses its slow beginning, but never more than half of it', () => {
    expect(steadyPart([50, 12, 10, 10, 10, 10])).toEqual([10, 10, 10, 10]);
    expect(steadyPart([10, 10, 50, 10])).toEqual([10, 10, 50, 10]);
    expect(steadyPart([80, 40, 20, 10])).toEqual([20, 10]);
    expect(steadyPart([7])).toEqual([7]);
  });

  it('has quantiles between its values', () => {
    expect([0, 0.1, 0.5, 1].map((fraction) => quantile([4, 1, 3, 2], fraction))).toEqual([1, 1.3, 2.5, 4]);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('the command line', () => {
  it('knows every benchmark by its file', async () => {
    const known = ['averaging', 'checkpoint', 'inference', 'optimizer', 'overhead', 'step'];
    expect(benchmarkNames()).toEqual(expect.arrayContaining(known));
    for (const name of benchmarkNames()) {
      const benchmark = await findBenchmark(name);
      const { options } = readRequest(name, benchmark!, []);
      const cases = benchmark!.cases({ ...options, seconds: 1 });
      for (const { participants } of cases) {
        expect(new Set(participants.map((one) => one.name)).size).toBe(participants.length);
      }
      expect(cases.length).toBeGreaterThan(0);
    }
  });

  it('reads options, and repeats them as a command', async () => {
    const args = ['--batch', '512', '--rounds', '5', '--only', 'ours,torch.compile', '--json', 'out.json'];
    const step = (await findBenchmark('step'))!;
    const request = readRequest('step', step, args);
    expect(request).toEqual({
      rounds: 5,
      seconds: 5,
      only: ['ours', 'torch.compile'],
      json: 'out.json',
      options: { model: 'resnet18', size: 32, batch: 512 },
    });
    expect(commandOf('step', step, request)).toBe(
      'npm run bench -- step --model resnet18 --size 32 --batch 512 --rounds 5 --seconds 5 --only ours,torch.compile',
    );
    const loader = (await findBenchmark('loader'))!;
    const onFolder = readRequest('loader', loader, ['--cifar', '/home/me/data']);
    expect(commandOf('loader', loader, onFolder)).toBe(
      'npm run bench -- loader --cifar FOLDER --batch 512 --rounds 3 --seconds 5',
    );
  });

  it('refuses benchmarks, options, values and participants that it does not know', () => {
    const bench = (...args: string[]) => {
      const loading = ['--import', import.meta.resolve('tsx')];
      const script = fileURLToPath(new URL('../bench/main.ts', import.meta.url));
      const { status, stderr } = spawnSync(process.execPath, [...loading, script, ...args], {
        encoding: 'utf8',
        cwd: root,
      });
      return [status, stderr.split('\n')[0]];
    };
    expect(bench()).toEqual([2, 'which benchmark?']);
    expect(bench('stepp')).toEqual([2, 'there is no benchmark "stepp"']);
    expect(bench('step', '--batches', '3')).toEqual([
      2,
      expect.stringContaining("Unknown option '--batches'"),
    ]);
    expect(bench('step', '--model', 'vgg')).toEqual([
      2,
      '--model vgg: expected resnet18|xresnet18|xresnet18-mish|smallnet',
    ]);
    expect(bench('step', '--rounds', '0')).toEqual([2, '--rounds 0: expected N']);
    expect(bench('step', '--only', 'jax')).toEqual([
      2,
      expect.stringContaining('--only jax: no such participant'),
    ]);
  });
});

describe('the document', () => {
  const machine = {
    cpu: 'A',
    cpuNumbers: '',
    features: ['avx2'],
    cores: 2,
    memoryBytes: 2 ** 34,
    platform: 'p',
    load: 0,
  };
  const report = (cpu: string, result: CaseResult): Report => ({
    format: 1,
    benchmark: 'step',
    command: 'npm run bench -- step',
    date: '2025-01-02T03:04:05.000Z',
    commit: 'abc',
    machine: { ...machine, cpu },
    versions: { node: '20.9.0' },
    cases: [result],
  });

  it('has a part for each machine, and tables with all that was measured', async () => {
    const result = await runCase(CASE, { rounds: 1 });
    const text = withTables(
      'Before.\n\n<!-- tables: written by `npm run bench -- render` -->\nold\n<!-- end of tables -->\n\nAfter.\n',
      [report('B', result), report('A', result), report('B', result)],
    );
    expect(text.match(/^## .*$/gm)).toEqual(['## B, 2 cores, 16 GB; avx2', '## A, 2 cores, 16 GB; avx2']);
    expect(text).toContain('`npm run bench -- step`, 2025-01-02, commit abc; node 20.9.0.');
    expect(text).toContain(markdownTable(caseCells(result)!));
    for (const line of [...conclusionLines(result.conclusions), ...failureLines(result.rows)]) {
      expect(text).toContain(`- ${line}`);
    }
    expect(text).toMatch(/^Before\.[\s\S]*After\.\n$/);
    expect(text).not.toContain('old');
    expect(() => withTables('no marks', [])).toThrow('lacks');
  });

  it('is what the reports say', () => {
    const document = readFileSync(`${root}/docs/performance.md`, 'utf8');
    expect(withTables(document, readReports(`${root}/docs/bench`))).toBe(document);
  });
});
