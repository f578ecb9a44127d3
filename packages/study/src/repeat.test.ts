import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunValues, readLedger, repeat } from './index.ts';

const prefix = '[loopwright/study] repeat: ';

describe('repeat', () => {
  let folder: string;
  let ledger: string;
  let seen: number[];
  const run = (seed: number): RunValues => {
    seen.push(seed);
    return { accuracy: seed / 10, loss: -seed };
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-study-'));
    ledger = join(folder, 'runs', 'base.json');
    seen = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('runs each seed once, one after the other, and summarizes every value', async () => {
    let running = 0;
    const slow = async (seed: number) => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      return run(seed);
    };
    const { runs, failed, summary } = await repeat(slow, { seeds: [3, 1, 2] });
    expect(seen).toEqual([3, 1, 2]);
    expect(runs.map(({ seed, values }) => [seed, values])).toEqual([
      [3, { accuracy: 0.3, loss: -3 }],
      [1, { accuracy: 0.1, loss: -1 }],
      [2, { accuracy: 0.2, loss: -2 }],
    ]);
    expect(runs.every(({ seconds }) => seconds >= 0.001)).toBe(true);
    expect(failed).toEqual([]);
    expect(Object.keys(summary)).toEqual(['accuracy', 'loss']);
    expect(summary.loss).toMatchObject({ n: 3, mean: -2, std: 1 });
  });

  it('names a single number', async () => {
    const { summary } = await repeat((seed) => seed, { seeds: [1, 3] });
    expect(summary).toMatchObject({ value: { n: 2, mean: 2 } });
  });

  it('started again runs what is missing, and further seeds', async () => {
    await repeat(run, { seeds: [1, 2], ledger });
    const { runs } = await repeat(run, { seeds: [2, 3, 1], ledger });
    expect(seen).toEqual([1, 2, 3]);
    expect(runs.map(({ seed }) => seed)).toEqual([2, 3, 1]);
    const fewer = await repeat(run, { seeds: [3], ledger });
    expect(fewer.summary.accuracy).toMatchObject({ n: 1, mean: 0.3 });
    expect(seen).toEqual([1, 2, 3]);
    expect(readLedger(ledger).runs.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  });

  it('has written each outcome before the next run begins', async () => {
    const known: number[][] = [];
    const look = (seed: number) => {
      known.push(seed === 1 ? [] : readLedger(ledger).runs.map(({ seed }) => seed));
      return run(seed);
    };
    await repeat(look, { seeds: [1, 2, 3], ledger });
    expect(known).toEqual([[], [1], [1, 2]]);
    expect(readdirSync(join(folder, 'runs'))).toEqual(['base.json']);
  });

  it('records what fails, goes on, and tries it again', async () => {
    const failing = (seed: number) => {
      if (seed === 1) throw new Error('out of memory');
      return seed === 2 ? { accuracy: Number.NaN } : run(seed);
    };
    const first = await repeat(failing, { seeds: [1, 2, 3], ledger });
    expect(first.runs.map(({ seed }) => seed)).toEqual([3]);
    expect(first.failed.map(({ seed, error }) => [seed, error])).toEqual([
      [1, 'out of memory'],
      [2, `${prefix}accuracy must be a finite number, got NaN`],
    ]);
    expect(first.failed[0]!.stack).toContain('repeat.test.ts');
    expect(first.summary.accuracy!.n).toBe(1);
    expect(readLedger(ledger).failed.map(({ seed }) => seed)).toEqual([1, 2]);

    const second = await repeat(run, { seeds: [1, 2, 3], ledger });
    expect(second.failed).toEqual([]);
    expect(seen).toEqual([3, 1, 2]);
    expect(readLedger(ledger).failed).toEqual([]);
  });

  it('returns when everything fails', async () => {
    const { runs, failed, summary } = await repeat(() => Promise.reject('no'), { seeds: [1, 2] });
    expect([runs, summary]).toEqual([[], {}]);
    expect(failed.map(({ error }) => error)).toEqual(['no', 'no']);
  });

  it('refuses to mix runs of other settings', async () => {
    const settings = { epochs: 3, name: undefined, rates: [0.1] };
    await repeat(run, { seeds: [1], ledger, settings });
    await repeat(run, { seeds: [1], ledger, settings: { rates: [0.1], epochs: 3 } });
    const before = readFileSync(ledger, 'utf8');
    for (const other of [{ epochs: 4, rates: [0.1] }, undefined]) {
      await expect(repeat(run, { seeds: [1, 2], ledger, settings: other })).rejects.toThrow(
        `${prefix}${ledger} holds runs with other settings, {"epochs":3,"rates":[0.1]}; remove it, or name another file`,
      );
    }
    expect(readFileSync(ledger, 'utf8')).toBe(before);
    expect(seen).toEqual([1]);
    expect(readLedger(ledger).settings).toEqual({ epochs: 3, rates: [0.1] });
  });

  it.each([
    ['{', 'cannot be read: '],
    ['[]', 'is no ledger of version 1; it is left as it is'],
    ['null', 'is no ledger of version 1'],
    ['{"version":2,"settings":{},"outcomes":[]}', 'is no ledger of version 1'],
    ['{"version":1,"settings":{},"outcomes":[{"seed":1}]}', 'is no ledger of version 1'],
    [
      '{"version":1,"settings":{},"outcomes":[{"seed":1,"seconds":1,"values":{"x":null}}]}',
      'is no ledger of version 1',
    ],
  ])('leaves a file alone that holds %s', async (content, message) => {
    mkdirSync(join(folder, 'runs'));
    writeFileSync(ledger, content);
    await expect(repeat(run, { seeds: [1], ledger })).rejects.toThrow(`${ledger} ${message}`);
    expect(() => readLedger(ledger)).toThrow(`[loopwright/study] readLedger: ${ledger} ${message}`);
    expect(readFileSync(ledger, 'utf8')).toBe(content);
    expect(seen).toEqual([]);
  });

  it('does not go on when an outcome cannot be written', async () => {
    writeFileSync(join(folder, 'runs'), 'a file where the folder would be');
    await expect(repeat(run, { seeds: [1, 2], ledger })).rejects.toThrow();
    expect(() => readLedger(join(folder, 'none.json'))).toThrow(
      `there is no file ${join(folder, 'none.json')}`,
    );
  });

  it.each<[unknown, unknown, string]>([
    [3, { seeds: [1] }, 'run must be a function, got 3'],
    [run, undefined, 'seeds must be a list of at least one integer, got undefined'],
    [run, { seeds: [] }, 'seeds must be a list of at least one integer, got []'],
    [run, { seeds: [0.5] }, 'seeds[0] must be an integer, got 0.5'],
    [run, { seeds: [1, 2, 1] }, 'seeds must differ, got 1 twice'],
    [run, { seeds: [1], ledger: '' }, 'ledger must be a non-empty string, got ""'],
    [run, { seeds: [1], settings: () => 1 }, 'settings must be JSON, got function settings'],
    [run, { seeds: [1], path: 'x' }, 'unknown option "path"'],
  ])('refuses %s with %j', async (bad, options, message) => {
    await expect(repeat(bad as never, options as never)).rejects.toThrow(prefix + message);
  });

  it.each<[unknown, string]>([
    [undefined, 'a run must return a number or numbers by name, got undefined'],
    [{}, 'a run must return a number or numbers by name, got {  }'],
    [{ accuracy: '0.9' }, 'accuracy must be a finite number, got "0.9"'],
    [Number.POSITIVE_INFINITY, 'value must be a finite number, got Infinity'],
  ])('counts a run that returns %j as failed', async (result, message) => {
    const { failed } = await repeat(() => result as number, { seeds: [1] });
    expect(failed[0]!.error).toBe(prefix + message);
  });
});
