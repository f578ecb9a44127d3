import { expectMetric, expectNoLeak } from '@loopwright/test-utils';
import {
  concat,
  fill,
  reshape,
  scalar,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  Accuracy,
  AUROC,
  CalibrationError,
  type ClassificationArgs,
  ConfusionMatrix,
  F1,
  type IgnoreOptions,
  JaccardIndex,
  Mean,
  type MeanArgs,
  type Metric,
  Precision,
  Recall,
  SmoothedAccuracy,
} from './index.ts';

interface RegistryRow {
  readonly make: (options?: IgnoreOptions) => Metric<ClassificationArgs, unknown>;
  readonly makeOther: () => Metric<ClassificationArgs, unknown>;
  /** What it gives before the first sample. */
  readonly empty: unknown;
  readonly badOption: () => unknown;
  readonly message: string;
}

const classes = 3;

/** All classification metrics; a new one is one row. */
const registry: Record<string, RegistryRow> = {
  Accuracy: {
    make: (options) => new Accuracy(options),
    makeOther: () => new Accuracy({ topK: 2 }),
    empty: Number.NaN,
    badOption: () => new Accuracy({ topK: 0 }),
    message: 'topK must be a positive integer, got 0',
  },
  SmoothedAccuracy: {
    make: (options) => new SmoothedAccuracy(options),
    makeOther: () => new SmoothedAccuracy({ beta: 1 }),
    empty: Number.NaN,
    badOption: () => new SmoothedAccuracy({ beta: 0 }),
    message: 'beta must be a finite number greater than 0, got 0',
  },
  ConfusionMatrix: {
    make: (options) => new ConfusionMatrix({ classes, ...options }),
    makeOther: () => new ConfusionMatrix({ classes: 4 }),
    empty: Array.from({ length: classes }, () => [0, 0, 0]),
    badOption: () => new ConfusionMatrix({ classes: 1 }),
    message: 'classes must be an integer at least 2, got 1',
  },
  Precision: {
    make: (options) => new Precision({ classes, ...options }),
    makeOther: () => new Precision({ classes: 4, average: 'none' }),
    empty: Number.NaN,
    badOption: () => new Precision({ classes, average: 'samples' as never }),
    message: 'average must be one of "macro", "weighted", "micro", "none", "binary", got "samples"',
  },
  Recall: {
    make: (options) => new Recall({ classes, average: 'none', ...options }),
    makeOther: () => new Recall({ classes: 2, average: 'binary' }),
    empty: [Number.NaN, Number.NaN, Number.NaN],
    badOption: () => new Recall({ classes, average: 'binary' }),
    message: 'average "binary" needs 2 classes, got 3',
  },
  F1: {
    make: (options) => new F1({ classes, average: 'weighted', ...options }),
    makeOther: () => new F1({ classes: 4 }),
    empty: Number.NaN,
    badOption: () => new F1({} as never),
    message: 'classes must be an integer at least 2, got undefined',
  },
  JaccardIndex: {
    make: (options) => new JaccardIndex({ classes, average: 'micro', ...options }),
    makeOther: () => new JaccardIndex({ classes: 4, average: 'none', ignoreIndex: 0 }),
    empty: Number.NaN,
    badOption: () => new JaccardIndex({ classes, ignoreIndex: 0.5 }),
    message: 'ignoreIndex must be an integer, got 0.5',
  },
  AUROC: {
    make: (options) => new AUROC({ classes, ...options }),
    makeOther: () => new AUROC({ classes: 2, thresholds: 11 }),
    empty: Number.NaN,
    badOption: () => new AUROC({ classes, thresholds: 1 }),
    message: 'thresholds must be an integer at least 2, got 1',
  },
  CalibrationError: {
    make: (options) => new CalibrationError(options),
    makeOther: () => new CalibrationError({ bins: 4, norm: 'max' }),
    empty: Number.NaN,
    badOption: () => new CalibrationError({ bin: 4 } as never),
    message: 'unknown option "bin" (did you mean bins?)',
  },
};

/** Batches of 4, 5 and 6 samples, reproducible, all different. */
function batch(index: number): [Tensor, Tensor] {
  const size = 4 + (index % 3);
  const values = Float32Array.from(
    { length: size * classes },
    (_, i) => 2 * Math.sin(13 * index + 5 * i + 1),
  );
  const labels = Int32Array.from({ length: size }, (_, i) => (index + i * i) % classes);
  return [tensor2d(values, [size, classes]), tensor1d(labels, 'int32')];
}

describe.each(Object.entries(registry))('%s', (name, { make, makeOther, empty, badOption, message }) => {
  it('keeps the contract of metrics', () => expectMetric({ make, makeOther, batch }));

  it('keeps it where a label is ignored, resumed into a copy that ignores none', () =>
    expectMetric({ make: () => make({ ignoreIndex: 1 }), makeOther: make, batch }));

  it('takes the pixels of images as samples', () =>
    expectNoLeak(async () => {
      const [ofRows, ofImages] = [make(), make()];
      tidy(() => {
        const [logits, labels] = batch(2);
        ofRows.update(logits, labels);
        ofImages.update(reshape(logits, [1, 2, 3, classes]), reshape(labels, [1, 2, 3]));
      });
      expect(await ofImages.compute()).toEqual(await ofRows.compute());
      ofRows.dispose();
      ofImages.dispose();
    }));

  it.each([-100, -1, classes])('leaves samples with the label %d out if told so', (ignoreIndex) =>
    expectNoLeak(async () => {
      const [ofSome, ofRest] = [make({ ignoreIndex }), make()];
      tidy(() => {
        const [logits, labels] = batch(1);
        ofRest.update(logits, labels);
        const nothing = [fill([2, classes], Number.NaN), fill([2], ignoreIndex, 'int32')] as const;
        ofSome.update(concat([nothing[0], logits]), concat([nothing[1], labels]));
        ofSome.update(...nothing);
      });
      expect(await ofSome.compute()).toEqual(await ofRest.compute());
      ofSome.dispose();
      ofRest.dispose();
    }),
  );

  it('is of nothing where all samples are ignored', () =>
    expectNoLeak(async () => {
      const metric = make({ ignoreIndex: 1 });
      tidy(() => metric.update(zeros([2, classes]), tensor1d([1, 1], 'int32')));
      expect(await metric.compute()).toEqual(empty);
      metric.dispose();
    }));

  it('reports labels that are neither a class nor ignored', () =>
    expectNoLeak(async () => {
      const metric = make({ ignoreIndex: 255 });
      tidy(() => metric.update(zeros([4, classes]), tensor1d([255, -1, 0, 254], 'int32')));
      await expect(metric.compute()).rejects.toThrow(
        `[loopwright/metrics] ${name}: 2 of 3 labels were not between 0 and the number of classes - 1`,
      );
      metric.dispose();
    }));

  it('does not merge with one that ignores another label, or none', () => {
    const [none, one, other] = [make(), make({ ignoreIndex: 0 }), make({ ignoreIndex: 1 })];
    const fails = `[loopwright/metrics] ${name}: cannot merge: ignoreIndex is`;
    expect(() => none.merge(one)).toThrow(`${fails} undefined here and 0 there`);
    expect(() => one.merge(none)).toThrow(`${fails} 0 here and undefined there`);
    expect(() => one.merge(other)).toThrow(`${fails} 0 here and 1 there`);
    expect(() => make({ ignoreIndex: '1' as never })).toThrow(
      `[loopwright/metrics] ${name}: ignoreIndex must be an integer, got "1"`,
    );
  });

  it('refuses to compute from more samples than its counts hold', async () => {
    const metric = make();
    const state = metric.stateDict();
    const accumulators = { ...(state.accumulators as object), samples: 2 ** 31 };
    metric.loadStateDict({ ...state, accumulators });
    await expect(metric.compute()).rejects.toThrow(
      `[loopwright/metrics] ${name}: has seen 2147483648 samples and counts up to 2147483647`,
    );
    metric.dispose();
  });

  it('says what it is before the first sample, and after an empty batch', () =>
    expectNoLeak(async () => {
      const metric = make();
      expect(await metric.compute()).toEqual(empty);
      tidy(() => metric.update(zeros([0, classes]), tensor1d([], 'int32')));
      expect(await metric.compute()).toEqual(empty);
      metric.dispose();
    }));

  it('refuses bad options by name', () => {
    expect(badOption).toThrow(`[loopwright/metrics] ${name}: ${message}`);
  });

  it('refuses tensors of other types and shapes, and takes nothing in', () =>
    expectNoLeak(() => {
      const metric = make();
      const before = metric.stateDict();
      const logits = zeros([2, classes]);
      const labels = tensor1d([0, 1], 'int32');
      const bad: [unknown, unknown, string][] = [
        [zeros([2]), labels, 'logits must be a float32 tensor of shape [batch, …, '],
        [zeros([2, 1]), labels, 'logits must '],
        [zeros([2, classes], 'int32'), labels, 'logits must be a float32 tensor'],
        [logits, tensor1d([0, 1]), 'labels must be a int32 tensor of shape [2], got tensor "float32"'],
        [logits, tensor1d([0, 1, 2], 'int32'), 'labels must be a int32 tensor of shape [2], got'],
        [logits, [0, 1], 'labels must be'],
        [zeros([2, 2, classes]), labels, 'labels must be a int32 tensor of shape [2, 2], got'],
        [undefined, labels, 'logits must be'],
      ];
      for (const [first, second, text] of bad) {
        expect(() => metric.update(first as Tensor, second as Tensor)).toThrow(
          `[loopwright/metrics] ${name}: ${text}`,
        );
      }
      expect(metric.stateDict()).toEqual(before);
      const made = bad.flat().concat(logits, labels);
      for (const tensor of new Set(made)) (tensor as Tensor | undefined)?.dispose?.();
    }));

  it('reports labels that are no class index, which only the device knew', () =>
    expectNoLeak(async () => {
      for (const outside of [-1, classes]) {
        const metric = make();
        tidy(() => metric.update(...batch(0)));
        tidy(() => metric.update(zeros([2, classes]), tensor1d([1, outside], 'int32')));
        await expect(metric.compute()).rejects.toThrow(
          `[loopwright/metrics] ${name}: 1 of 6 labels were not between 0 and the number of classes - 1`,
        );
        metric.dispose();
      }
    }));

  it('refuses to merge another class, and other options by name', () => {
    const other = name === 'Accuracy' ? new SmoothedAccuracy() : new Accuracy();
    expect(() => make().merge(other as never)).toThrow(`[loopwright/metrics] ${name}: cannot merge`);
    expect(() => make().merge(makeOther() as never)).toThrow(/cannot merge: \w+ is .+ here and .+ there/);
  });

  it('refuses a state with a bad option or a sum of another shape, and changes nothing', () => {
    const metric = make();
    const state = metric.stateDict();
    const unknown = { ...state, config: { ...(state.config as object), surplus: 1 } };
    expect(() => metric.loadStateDict(unknown)).toThrow(`${name}: unknown option "surplus"`);
    const empty = { ...state, accumulators: {} };
    expect(() => metric.loadStateDict(empty)).toThrow('state.accumulators does not fit: missing');
    const labelled = { dtype: 'int32', shape: [1], data: new Int32Array(1) } as const;
    const misshapen = { ...state, accumulators: { ...(state.accumulators as object), labelled } };
    expect(() => metric.loadStateDict(misshapen)).toThrow(
      'state.accumulators.labelled is int32 [1], expected int32 []',
    );
    expect(metric.stateDict()).toEqual(state);
  });
});

describe('Mean', () => {
  it('keeps the contract of metrics, with tensors', () =>
    expectMetric<MeanArgs>({
      make: () => new Mean(),
      batch: (index) => [scalar(Math.sin(index)), 1 + (index % 3)],
    }));

  it('keeps the contract of metrics, with numbers', () =>
    expectMetric<MeanArgs>({ make: () => new Mean(), batch: (index) => [Math.sin(index), 1 + (index % 3)] }));

  it('weights by 1 by default, and takes integers', () =>
    expectNoLeak(async () => {
      const mean = new Mean();
      tidy(() => mean.update(scalar(3, 'int32')));
      mean.update(4, 3);
      expect(await mean.compute()).toBe(15 / 4);
      mean.dispose();
    }));

  it('takes nothing in with a weight of 0, whatever the value', () =>
    expectNoLeak(async () => {
      const mean = new Mean();
      mean.update(Number.NaN, 0);
      tidy(() => mean.update(scalar(Number.NaN), 0));
      expect(await mean.compute()).toBeNaN();
      mean.update(2, 1);
      expect(await mean.compute()).toBe(2);
    }));

  it('shows that a value was not finite', () =>
    expectNoLeak(async () => {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const mean = new Mean();
        tidy(() => [1, value, 1].forEach((each) => void mean.update(scalar(each))));
        expect(Number.isFinite(await mean.compute())).toBe(false);
        mean.dispose();
      }
    }));

  it('does not stop growing where float32 would', () =>
    expectNoLeak(async () => {
      const mean = new Mean();
      tidy(() => mean.update(scalar(1), 2 ** 24));
      for (let i = 0; i < 1000; i++) tidy(() => mean.update(scalar(1), 1));
      expect(await mean.compute()).toBe(1);
      mean.dispose();
    }));

  it('merges what float32 has rounded away, too', () =>
    expectNoLeak(async () => {
      const [first, second] = [new Mean(), new Mean()];
      for (const weight of [2 ** 24, 1]) tidy(() => second.update(scalar(1), weight));
      first.merge(second);
      expect(await first.compute()).toBe(1);
      first.dispose();
      second.dispose();
    }));

  it('is as exact after ten thousand batches as after one', () =>
    expectNoLeak(async () => {
      const mean = new Mean();
      const values = Array.from({ length: 10_000 }, (_, i) => Math.fround(0.1 + 0.01 * Math.sin(i)));
      for (const value of values) tidy(() => mean.update(scalar(value)));
      const exact = values.reduce((total, value) => total + value, 0) / values.length;
      expect(Math.abs((await mean.compute()) / exact - 1)).toBeLessThan(1e-9);
      mean.dispose();
    }));

  it('refuses what is no scalar, and bad weights', () =>
    expectNoLeak(() => {
      const mean = new Mean();
      const vector = tensor1d([1, 2]);
      expect(() => mean.update(vector)).toThrow(
        '[loopwright/metrics] Mean: value must be a float32 tensor of shape [], got tensor "float32" of shape [2]',
      );
      expect(() => mean.update('1' as never)).toThrow('Mean: value must be');
      for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => mean.update(1, weight)).toThrow('Mean: weight must be a finite number at least 0, got');
      }
      vector.dispose();
    }));
});

describe('edge cases', () => {
  const compute = <Result>(
    metric: Metric<ClassificationArgs, Result>,
    logits: number[][],
    labels: number[],
  ) =>
    expectNoLeak(async () => {
      tidy(() => metric.update(tensor2d(logits), tensor1d(labels, 'int32')));
      const result = await metric.compute();
      metric.dispose();
      return result;
    });
  const nan = Number.NaN;

  it('a diverged model scores no accuracy', async () => {
    expect(await compute(new Accuracy(), [[nan, nan, nan]], [0])).toBe(0);
    expect(await compute(new Accuracy({ topK: 2 }), [[nan, nan, nan]], [1])).toBe(0);
    expect(await compute(new SmoothedAccuracy(), [[nan, nan]], [0])).toBeNaN();
    expect(await compute(new CalibrationError(), [[nan, nan]], [0])).toBeNaN();
    expect(
      await compute(
        new AUROC({ classes: 2 }),
        [
          [nan, nan],
          [1, 2],
          [2, 1],
        ],
        [0, 1, 0],
      ),
    ).toBeNaN();
  });

  it('a masked class, with a logit of -Infinity, is no NaN', async () => {
    const logits = [
      [-Infinity, 1, 2],
      [-Infinity, 3, 1],
    ];
    expect(await compute(new Accuracy(), logits, [2, 2])).toBe(0.5);
    expect(await compute(new SmoothedAccuracy(), logits, [0, 0])).toBe(0);
    expect(await compute(new CalibrationError({ bins: 2 }), logits, [2, 2])).toBeCloseTo(0.3059, 3);
  });

  it('equal logits go to the lowest class', async () => {
    const same = [[0, 0, 0]];
    expect(await compute(new Accuracy(), same, [0])).toBe(1);
    expect(await compute(new Accuracy(), same, [1])).toBe(0);
    expect(await compute(new Accuracy({ topK: 2 }), same, [1])).toBe(1);
    expect(await compute(new ConfusionMatrix({ classes: 3 }), same, [2])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
    ]);
  });

  it('more than top-all is refused', async () => {
    await expect(compute(new Accuracy({ topK: 3 }), [[1, 2]], [0])).rejects.toThrow(
      '[loopwright/metrics] Accuracy: topK is 3, but the logits have 2 classes',
    );
  });

  it('samples of probability 1 are part of the area', async () => {
    const sure = [
      [-100, 100],
      [-100, 100],
      [100, -100],
      [100, -100],
    ];
    expect(await compute(new AUROC({ classes: 2 }), sure, [1, 1, 0, 0])).toBe(1);
    expect(await compute(new AUROC({ classes: 2 }), sure, [0, 1, 0, 1])).toBe(0.5);
  });

  it('a class that all or none have is left out of the mean of areas', async () => {
    const logits = [
      [2, 1, 0],
      [1, 2, 0],
    ];
    expect(await compute(new AUROC({ classes: 3, average: 'none' }), logits, [0, 1])).toEqual([1, 1, nan]);
    expect(await compute(new AUROC({ classes: 3 }), logits, [0, 1])).toBe(1);
    expect(await compute(new AUROC({ classes: 3, average: 'weighted' }), logits, [1, 1])).toBeNaN();
  });

  it('a confidence of 1 belongs to the last bin', async () => {
    expect(
      await compute(
        new CalibrationError(),
        [
          [1000, 0],
          [1000, 0],
        ],
        [0, 1],
      ),
    ).toBe(0.5);
    expect(
      await compute(
        new CalibrationError(),
        [
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 0],
        ],
        [0, 1, 2],
      ),
    ).toBeCloseTo(0, 6);
  });
});

describe('the type of a result', () => {
  it('is an array where the scores of the classes are not averaged', () => {
    expectTypeOf(new F1({ classes }).compute()).resolves.toEqualTypeOf<number>();
    expectTypeOf(new Recall({ classes, average: 'none' }).compute()).resolves.toEqualTypeOf<number[]>();
    expectTypeOf(new AUROC({ classes }).compute()).resolves.toEqualTypeOf<number>();
  });
});
