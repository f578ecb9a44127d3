import { readFileSync } from 'node:fs';
import {
  Accuracy,
  AUROC,
  type Average,
  CalibrationError,
  type CalibrationNorm,
  type ClassificationArgs,
  ConfusionMatrix,
  F1,
  JaccardIndex,
  Mean,
  type Metric,
  MetricAggregator,
  Precision,
  Recall,
  SmoothedAccuracy,
  smoothedAccuracy,
  topKAccuracy,
} from '@loopwright/metrics';
import { expectNoLeak } from '@loopwright/test-utils';
import { scalar, type Tensor, tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

type Scores = Record<Exclude<Average, 'none' | 'binary'>, number> & { none: number[]; binary?: number };

const classScores = { precision: Precision, recall: Recall, f1: F1, jaccard: JaccardIndex } as const;
type ClassScore = keyof typeof classScores;

interface GoldenCase extends Record<ClassScore, Scores> {
  readonly name: string;
  readonly classes: number;
  readonly logits: number[][];
  readonly labels: number[];
  readonly topK: Record<string, number>;
  readonly smoothed: Record<string, number>;
  readonly confusion: number[][];
  readonly auroc: { readonly binned: (number | null)[]; readonly exact: (number | null)[] };
  readonly calibration: Record<CalibrationNorm, number> | null;
}

/** Pixels, [batch, height, width, classes], some of which have a label that does not count. */
interface IgnoringCase extends Record<ClassScore, Scores> {
  readonly name: string;
  readonly classes: number;
  readonly ignoreIndex: number;
  readonly logits: number[][][][];
  readonly labels: number[][][];
  readonly topK: Record<string, number>;
  readonly smoothed: number;
  readonly confusion: number[][];
  readonly auroc: (number | null)[];
  readonly calibration: number;
}

interface Golden {
  readonly thresholds: number;
  readonly bins: number;
  readonly mean: { values: number[]; weights: number[]; mean: number; meanOfBatchMeans: number };
  readonly cases: readonly GoldenCase[];
  readonly ignoring: readonly IgnoringCase[];
}

const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Golden;

/** Counts are exact, so quotients of counts only differ in how float64 was rounded. */
const EXACT = 12;
/** One float32 rounding is 6e-8; softmax and sums of up to 61 probabilities of at most 1 stay below 1e-6. */
const FLOAT32 = 6;

type ClassMetric<Result> = Metric<ClassificationArgs, Result>;

/** The result of a metric fed in batches of `size`, with a short last one. Leaves no tensor. */
function inBatches<Result>(make: () => ClassMetric<Result>, data: GoldenCase, size: number): Promise<Result> {
  return expectNoLeak(async () => {
    const metric = make();
    for (let start = 0; start < data.labels.length; start += size) {
      tidy(() => metric.update(...batchOf(data, start, start + size)));
    }
    const result = await metric.compute();
    metric.dispose();
    return result;
  });
}

/** The same of two metrics that saw half of the data each, merged. */
function merged<Result>(make: () => ClassMetric<Result>, data: GoldenCase): Promise<Result> {
  return expectNoLeak(async () => {
    const middle = Math.ceil(data.labels.length / 2);
    const [first, second] = [make(), make()];
    tidy(() => first.update(...batchOf(data, 0, middle)));
    if (middle < data.labels.length) tidy(() => second.update(...batchOf(data, middle)));
    first.merge(second);
    const result = await first.compute();
    first.dispose();
    second.dispose();
    return result;
  });
}

function batchOf({ logits, labels }: GoldenCase, start: number, end?: number): [Tensor, Tensor] {
  return [tensor2d(logits.slice(start, end)), tensor1d(labels.slice(start, end), 'int32')];
}

const scoresByName = Object.entries(classScores) as [ClassScore, (typeof classScores)[ClassScore]][];

function averagesOf(scores: Scores): [Average, number | number[]][] {
  return Object.entries(scores) as [Average, number | number[]][];
}

async function expectMetric(
  make: () => ClassMetric<number | number[]>,
  data: GoldenCase,
  expected: number | readonly number[],
  digits: number,
): Promise<void> {
  const results = [
    await inBatches(make, data, 7),
    await inBatches(make, data, 1000),
    await merged(make, data),
  ];
  for (const result of results) {
    const [values, wanted] = [[result].flat(), [expected].flat()];
    expect(values).toHaveLength(wanted.length);
    wanted.forEach((value, index) => {
      if (Number.isNaN(value)) expect(values[index]).toBeNaN();
      else expect(values[index]).toBeCloseTo(value, digits);
    });
  }
}

describe.each(golden.cases)('golden values, $name', (data) => {
  const { classes } = data;

  it.each(Object.entries(data.topK))('top-%s accuracy', async (k, expected) => {
    const topK = Number(k);
    await expectMetric(() => new Accuracy({ topK }), data, expected, EXACT);
    const value = tidy(() => topKAccuracy(...batchOf(data, 0), topK).dataSync()[0]);
    expect(value).toBeCloseTo(expected, FLOAT32);
  });

  it.each(Object.entries(data.smoothed))('smoothed accuracy, beta %s', async (text, expected) => {
    const beta = Number(text);
    await expectMetric(() => new SmoothedAccuracy({ beta }), data, expected, FLOAT32);
    const value = tidy(() => smoothedAccuracy(...batchOf(data, 0), { beta }).dataSync()[0]);
    expect(value).toBeCloseTo(expected, FLOAT32);
  });

  it('confusion matrix', async () => {
    const make = () => new ConfusionMatrix({ classes });
    expect(await inBatches(make, data, 7)).toEqual(data.confusion);
    expect(await merged(make, data)).toEqual(data.confusion);
  });

  it.each(scoresByName)('%s in each average', async (name, Score) => {
    for (const [average, expected] of averagesOf(data[name])) {
      await expectMetric(() => new Score({ classes, average }), data, expected, EXACT);
    }
  });

  it('AUROC equals the binned mode of torchmetrics, and the exact area up to its resolution', async () => {
    const { thresholds } = golden;
    const expected = data.auroc.binned.map((area) => area ?? Number.NaN);
    await expectMetric(() => new AUROC({ classes, average: 'none', thresholds }), data, expected, FLOAT32);
    const fine = await inBatches(
      () => new AUROC({ classes, average: 'none', thresholds: 20_001 }),
      data,
      1000,
    );
    data.auroc.exact.forEach((area, index) => {
      if (area !== null) expect((fine as number[])[index]).toBeCloseTo(area, FLOAT32);
    });
  });
});

describe.each(golden.cases.filter(({ calibration }) => calibration !== null))(
  'golden values, $name',
  (data) => {
    it('calibration error in each norm', async () => {
      for (const [norm, expected] of Object.entries(data.calibration ?? {}) as [CalibrationNorm, number][]) {
        await expectMetric(() => new CalibrationError({ bins: golden.bins, norm }), data, expected, FLOAT32);
      }
    });
  },
);

describe.each(golden.ignoring)('golden values, ignoring $name', (data) => {
  const { classes, ignoreIndex } = data;

  /** The result of a metric fed image by image. Leaves no tensor. */
  const ofImages = <Result>(metric: ClassMetric<Result>): Promise<Result> =>
    expectNoLeak(async () => {
      for (const [index, image] of data.logits.entries()) {
        tidy(() =>
          metric.update(tensor([image]), tensor([data.labels[index] as number[][]], undefined, 'int32')),
        );
      }
      const result = await metric.compute();
      metric.dispose();
      return result;
    });
  const all = (): [Tensor, Tensor] => [tensor(data.logits), tensor(data.labels, undefined, 'int32')];

  it.each(Object.entries(data.topK))('top-%s accuracy', async (k, expected) => {
    const topK = Number(k);
    expect(await ofImages(new Accuracy({ topK, ignoreIndex }))).toBeCloseTo(expected, FLOAT32);
    const value = tidy(() => topKAccuracy(...all(), topK, { ignoreIndex }).dataSync()[0]);
    expect(value).toBeCloseTo(expected, FLOAT32);
  });

  it('smoothed accuracy', async () => {
    expect(await ofImages(new SmoothedAccuracy({ ignoreIndex }))).toBeCloseTo(data.smoothed, FLOAT32);
    const value = tidy(() => smoothedAccuracy(...all(), { ignoreIndex }).dataSync()[0]);
    expect(value).toBeCloseTo(data.smoothed, FLOAT32);
  });

  it('confusion matrix', async () => {
    expect(await ofImages(new ConfusionMatrix({ classes, ignoreIndex }))).toEqual(data.confusion);
  });

  it.each(scoresByName)('%s in each average', async (name, Score) => {
    for (const [average, expected] of averagesOf(data[name])) {
      const scores = [await ofImages(new Score({ classes, average, ignoreIndex }))].flat();
      const wanted = [expected].flat();
      expect(scores).toHaveLength(wanted.length);
      for (const [index, score] of scores.entries())
        expect(score).toBeCloseTo(wanted[index] as number, FLOAT32);
    }
  });

  it('AUROC, of the classes that some have and some have not', async () => {
    const { thresholds } = golden;
    const areas = await ofImages(new AUROC({ classes, average: 'none', thresholds, ignoreIndex }));
    expect(areas).toHaveLength(data.auroc.length);
    data.auroc.forEach((area, index) => {
      if (area === null) expect(areas[index]).toBeNaN();
      else expect(areas[index]).toBeCloseTo(area, FLOAT32);
    });
  });

  it('calibration error', async () => {
    const error = await ofImages(new CalibrationError({ bins: golden.bins, ignoreIndex }));
    expect(error).toBeCloseTo(data.calibration, FLOAT32);
  });
});

describe('golden values, weighted mean', () => {
  const { values, weights, mean, meanOfBatchMeans } = golden.mean;

  it('is no mean of batch means, with a short last batch', async () => {
    await expectNoLeak(async () => {
      const [numbers, tensors] = [new Mean(), new Mean()];
      const aggregator = new MetricAggregator();
      values.forEach((value, index) => {
        const weight = weights[index] as number;
        numbers.update(value, weight);
        tidy(() => tensors.update(scalar(value), weight));
        tidy(() => {
          aggregator.update({ loss: scalar(value), same: value }, weight);
        });
      });
      const summary = await aggregator.compute();
      expect(await numbers.compute()).toBeCloseTo(mean, EXACT);
      expect(await tensors.compute()).toBeCloseTo(mean, FLOAT32);
      expect(summary.same).toBeCloseTo(mean, EXACT);
      expect(summary.loss).toBeCloseTo(mean, FLOAT32);
      expect(Math.abs(mean - meanOfBatchMeans)).toBeGreaterThan(1e-3);
      numbers.dispose();
      tensors.dispose();
    });
  });
});
