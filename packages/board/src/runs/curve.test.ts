import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CurveRequest, curveOf } from './curve.ts';
import { metricValues } from './metric-values.ts';
import { Run } from './run.ts';
import { RunFolder } from './run-folder.ts';
import { seedBand } from './seed-band.ts';
import { smoothCurve } from './smooth-curve.ts';
import { thinCurve } from './thin-curve.ts';

const REQUEST: CurveRequest = {
  tag: 'loss',
  axis: 'step',
  smoothing: 0,
  log: false,
  from: undefined,
  to: undefined,
  points: 1000,
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'curve-'));
});
afterEach(() => rmSync(root, { recursive: true }));

async function runOf(rows: readonly object[], name = 'metrics.jsonl'): Promise<Run> {
  const path = join(root, name);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const folder = new RunFolder(root);
  const run = new Run(folder.root, '.', 0);
  run.setFiles({ metrics: name, events: [], card: undefined, manifests: [] }, undefined);
  await run.refresh();
  return run;
}

describe('smoothCurve', () => {
  it('is the weighted mean of all values so far', () => {
    const [weight, values] = [0.6, [3, 1, 4, 1, 5]];
    const smooth = smoothCurve(values, weight);
    for (const t of values.keys()) {
      const weights = values.slice(0, t + 1).map((_, i) => weight ** (t - i));
      const sum = weights.reduce((total, one, i) => total + one * (values[i] as number), 0);
      // Sums of five terms in another order.
      expect(smooth[t]).toBeCloseTo(sum / weights.reduce((total, one) => total + one), 12);
    }
  });

  it('leaves constants, values that are not finite, and everything without a weight, as they are', () => {
    expect([...smoothCurve([0.1, 0.1, 0.1], 0.99)]).toEqual([0.1, 0.1, 0.1]);
    expect([...smoothCurve([1, Number.NaN, 1, Number.POSITIVE_INFINITY, 1], 0.5)]).toEqual([
      1,
      Number.NaN,
      1,
      Number.POSITIVE_INFINITY,
      1,
    ]);
    expect([...smoothCurve([1, 2], 0)]).toEqual([1, 2]);
  });
});

describe('thinCurve', () => {
  it('keeps both ends, the smallest and the largest value of a long curve', () =>
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { minLength: 400, maxLength: 2000 }), (y) => {
        const kept = thinCurve(Float64Array.from(y.keys()), y, 20);
        expect(kept.length).toBeLessThanOrEqual(20);
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
      }),
      { numRuns: 20 },
    ));

  it('keeps single peaks among many points', () => {
    const y = Array.from({ length: 50_000 }, (_, i) => Math.sin(i / 5000));
    y[12_345] = 9;
    y[34_567] = -9;
    const kept = thinCurve(Float64Array.from(y.keys()), y, 200);
    expect(kept).toHaveLength(200);
    expect(kept).toEqual(expect.arrayContaining([0, 12_345, 34_567, 49_999]));
  });
});

describe('curveOf', () => {
  it('gives every point of a short run with all digits, and gaps where there is no number', async () => {
    const run = await runOf([
      { step: 1, loss: 0.1 + 0.2 },
      { step: 2, loss: 'NaN' },
      { step: 3, loss: -1 },
      { step: 4, loss: 2 },
    ]);
    const { x, y, count, notFinite } = curveOf(run, REQUEST) ?? {};
    expect({ x, y, count, notFinite }).toEqual({
      x: [1, 3, 3, 4],
      y: [0.1 + 0.2, null, -1, 2],
      count: 4,
      notFinite: 1,
    });
    expect(curveOf(run, { ...REQUEST, log: true })).toMatchObject({ x: [1, 4, 4], y: [0.1 + 0.2, null, 2] });
    expect(curveOf(run, { ...REQUEST, tag: 'other' })).toBeUndefined();
  });

  it('smooths all values before it thins them, and keeps what was logged', async () => {
    const run = await runOf(Array.from({ length: 5000 }, (_, i) => ({ step: i + 1, loss: i % 2 })));
    const { x = [], y = [], logged = [] } = curveOf(run, { ...REQUEST, smoothing: 0.99, points: 50 }) ?? {};
    expect(x).toHaveLength(50);
    for (const value of y.slice(20)) expect(value).toBeCloseTo(0.5, 1);
    expect(new Set(logged)).toEqual(new Set([0, 1]));
  });

  it('gives more of a part: from the point before it to the one after', async () => {
    const run = await runOf(Array.from({ length: 5000 }, (_, i) => ({ step: i, loss: Math.sin(i) })));
    const { x = [] } = curveOf(run, { ...REQUEST, from: 100.5, to: 110.5, points: 50 }) ?? {};
    expect(x).toEqual(Array.from({ length: 12 }, (_, i) => 100 + i));
  });

  it('lays runs side by side by epoch and by time, if they tell', async () => {
    const rows = [1, 2, 3, 4].map((step) => ({
      step,
      epoch: Math.ceil(step / 2),
      seconds: 10 * step,
      loss: step,
    }));
    const run = await runOf(rows);
    expect(curveOf(run, { ...REQUEST, axis: 'epoch' })?.x).toEqual([0.5, 1, 1.5, 2]);
    expect(curveOf(run, { ...REQUEST, axis: 'time' })?.x).toEqual([10, 20, 30, 40]);
    const silent = await runOf([{ step: 1, loss: 1 }]);
    expect(curveOf(silent, { ...REQUEST, axis: 'epoch' })).toBeUndefined();
    expect(curveOf(silent, { ...REQUEST, axis: 'time' })).toBeUndefined();
  });
});

describe('seedBand', () => {
  it('is the mean and the sample standard deviation at each point, over the runs that reach it', async () => {
    const runs = [
      await runOf(
        [
          { step: 0, loss: 1 },
          { step: 2, loss: 3 },
          { step: 4, loss: 7 },
        ],
        'a.jsonl',
      ),
      await runOf(
        [
          { step: 0, loss: 3 },
          { step: 1, loss: 5 },
          { step: 2, loss: 9 },
        ],
        'b.jsonl',
      ),
    ];
    const { x, y, low, high, runs: counts } = seedBand(runs, REQUEST) ?? {};
    const std = [Math.SQRT2, (3 * Math.SQRT2) / 2, 3 * Math.SQRT2];
    expect({ x, y, counts }).toEqual({ x: [0, 1, 2, 4], y: [2, 3.5, 6, 7], counts: [2, 2, 2, 1] });
    for (const [i, one] of std.entries()) {
      expect(high?.[i]).toBeCloseTo((y?.[i] as number) + one, 12);
      expect(low?.[i]).toBeCloseTo((y?.[i] as number) - one, 12);
    }
    expect([low?.[3], high?.[3]]).toEqual([null, null]);
    expect(seedBand(runs, { ...REQUEST, tag: 'other' })).toBeUndefined();
    expect(seedBand(runs, { ...REQUEST, from: 1.2, to: 1.8 })?.x).toEqual([1, 2]);
  });

  it('leaves values out that are not finite, and says how many', async () => {
    const runs = [
      await runOf(
        [
          { step: 1, loss: 2 },
          { step: 2, loss: 'NaN' },
        ],
        'a.jsonl',
      ),
      await runOf(
        [
          { step: 1, loss: 4 },
          { step: 2, loss: 6 },
        ],
        'b.jsonl',
      ),
    ];
    expect(seedBand(runs, REQUEST)).toMatchObject({ y: [3, 6], runs: [2, 1], notFinite: 1 });
  });
});

it('metricValues are those of the finite values, and follow the series', async () => {
  const run = await runOf([
    { step: 1, loss: 3 },
    { step: 2, loss: 1 },
    { step: 3, loss: 'NaN' },
  ]);
  const series = run.metric('loss')?.series;
  if (series === undefined) throw new Error('no series');
  expect(metricValues(series)).toEqual({ last: Number.NaN, min: 1, max: 3 });
  series.append(4, 9, Number.NaN);
  expect(metricValues(series)).toEqual({ last: 9, min: 1, max: 9 });
});
