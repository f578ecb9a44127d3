import { expectNoLeak } from '@loopwright/test-utils';
import {
  dispose,
  matMul,
  mul,
  ones,
  reshape,
  slice,
  softmax,
  type Tensor,
  type Tensor4D,
  tensor2d,
  tensor4d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type TestTimeAugmentOptions, testTimeAugment, type View, views, weighted } from './index.ts';

const values = (tensor: Tensor) => [...tensor.dataSync()];
/** Logits of an image are its pixels, so that each view's output can be read off. */
const flatten = (images: Tensor4D) => reshape(images, [images.shape[0], -1]);
const pixels = (...row: number[]) => tensor4d(row, [1, 1, row.length, 1]);
const both = [views.identity, views.horizontalFlip];
const base: TestTimeAugmentOptions = { views: both, merge: 'mean', on: 'logits' };

/** What augmentation makes of one row of pixels; `predict` leaks nothing, nor does the check. */
function augmented(row: number[], options: Partial<TestTimeAugmentOptions>): number[] {
  const images = pixels(...row);
  const merged = testTimeAugment(flatten, { ...base, ...options })(images);
  const result = values(merged);
  dispose([images, merged]);
  return result;
}

const soft = (...row: number[]) => {
  const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
  return row.map((value) => Math.exp(value) / total);
};

function expectRow(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
}

describe('testTimeAugment', () => {
  it('merges logits as logits and probabilities as probabilities, as it is told (trap)', () =>
    expectNoLeak(() => {
      expectRow(augmented([4, 0], { on: 'logits' }), [2, 2]);
      const three = [views.identity, views.identity, views.horizontalFlip];
      expectRow(augmented([4, 0], { views: three, on: 'logits' }), [8 / 3, 4 / 3]);
      const [high, low] = soft(4, 0) as [number, number];
      expectRow(augmented([4, 0], { views: three, on: 'probabilities' }), [
        (2 * high + low) / 3,
        (2 * low + high) / 3,
      ]);
    }));

  it('asks what is merged, for nothing in a tensor tells', () => {
    const { on: _, ...silent } = base;
    expect(() => testTimeAugment(flatten, silent as never)).toThrow(
      '[loopwright/tta] testTimeAugment: on must be one of "logits", "probabilities", got undefined',
    );
  });

  it('leaves probabilities that predict returns as they are, without a second softmax', () =>
    expectNoLeak(() => {
      expectRow(augmented([0.9, 0.1], { on: 'probabilities', outputs: 'probabilities' }), [0.5, 0.5]);
      expectRow(
        augmented([0.9, 0.1], { on: 'probabilities', outputs: 'probabilities', merge: 'max' }),
        [0.9, 0.9],
      );
      expect(() => testTimeAugment(flatten, { ...base, outputs: 'probabilities' })).toThrow(
        "on must be 'probabilities' where outputs are probabilities",
      );
    }));

  it('merges by each rule', () =>
    expectNoLeak(() => {
      const [a, b] = soft(2, 0) as [number, number];
      const on = 'probabilities';
      expectRow(augmented([2, 0], { on, merge: 'mean' }), [0.5, 0.5]);
      expectRow(augmented([2, 0], { on, merge: 'sum' }), [1, 1]);
      expectRow(augmented([2, 0], { on, merge: 'max' }), [a, a]);
      expectRow(augmented([2, 0], { on, merge: 'min' }), [b, b]);
      expectRow(augmented([2, 0], { on, merge: 'gmean' }), [Math.sqrt(a * b), Math.sqrt(a * b)]);
      const sharpened = (Math.sqrt(a) + Math.sqrt(b)) / 2;
      expectRow(augmented([2, 0], { on, merge: 'tsharpen' }), [sharpened, sharpened]);
    }));

  it('takes weights of views into account', () =>
    expectNoLeak(() => {
      const uneven = [weighted(views.identity, 3), views.horizontalFlip];
      expectRow(augmented([4, 0], { views: uneven }), [3, 1]);
      expectRow(augmented([4, 0], { views: uneven, merge: 'sum' }), [12, 4]);
      const [a, b] = soft(4, 0) as [number, number];
      const first = (a ** 3 * b) ** 0.25;
      expect(augmented([4, 0], { views: uneven, merge: 'gmean', on: 'probabilities' })[0]).toBeCloseTo(
        first,
        5,
      );
      expect(() => testTimeAugment(flatten, { ...base, views: uneven, merge: 'max' })).toThrow(
        'merge "max" has no use for weights, got [3, 1]',
      );
    }));

  it('takes a function as a merge, with the weights', () =>
    expectNoLeak(() => {
      const last = (outputs: readonly Tensor[], weights: readonly number[]) =>
        mul(outputs.at(-1) as Tensor, weights.at(-1) as number);
      const uneven = [views.identity, weighted(views.horizontalFlip, 10)];
      expectRow(augmented([4, 1], { views: uneven, merge: last }), [10, 40]);
    }));

  it('keeps a geometric mean at zero where a probability is zero', () =>
    expectNoLeak(() => {
      const options = { on: 'probabilities', outputs: 'probabilities', merge: 'gmean' } as const;
      expectRow(augmented([1, 0], options), [0, 0]);
    }));

  it('brings dense outputs back before it merges them', () =>
    expectNoLeak(() => {
      const images = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
      const everyTurn = [...[0, 1, 2, 3].map(views.rotate90), views.verticalFlip];
      const predict = testTimeAugment((seen) => mul(seen, 10), { ...base, views: everyTurn, dense: true });
      const outputs = predict(images);
      expectRow(values(outputs), [10, 20, 30, 40]);
      dispose([images, outputs]);
    }));

  it('refuses dense outputs of views without an inverse, and dense outputs that are not announced', () =>
    expectNoLeak(() => {
      const oneWay: View = { name: 'blur', apply: (images) => images };
      expect(() => testTimeAugment(flatten, { ...base, views: [...both, oneWay], dense: true })).toThrow(
        'view blur has no inverse, which dense outputs need',
      );
      const images = pixels(1, 2);
      const unannounced = testTimeAugment((seen) => seen, base);
      expect(() => unannounced(images)).toThrow('outputs for each pixel need dense: true');
      const coarse = testTimeAugment((seen) => slice(seen, 0, [1, 1, 1, 1]), { ...base, dense: true });
      expect(() => coarse(images)).toThrow(
        'dense outputs must have shape [1, 1, 2, channels], got tensor "float32" of shape [1, 1, 1, 1] for view identity',
      );
      images.dispose();
    }));

  it('refuses a softmax over one class', () =>
    expectNoLeak(() => {
      const images = pixels(1, 2);
      const single = (seen: Tensor4D) => matMul(flatten(seen) as never, ones([2, 1])) as Tensor;
      expect(() => testTimeAugment(single, { ...base, on: 'probabilities' })(images)).toThrow(
        'softmax over one class is always 1',
      );
      images.dispose();
    }));

  it('refuses roots and logarithms of logits', () => {
    for (const merge of ['gmean', 'tsharpen'] as const) {
      expect(() => testTimeAugment(flatten, { ...base, merge })).toThrow(
        `merge "${merge}" is defined on probabilities, got on: "logits"`,
      );
    }
  });

  it('refuses outputs that differ in shape, and what is no tensor', () =>
    expectNoLeak(() => {
      const images = zeros([1, 2, 3, 1]);
      const columns = (seen: Tensor4D) => reshape(seen, [seen.shape[1], seen.shape[2]]);
      const turned = testTimeAugment(columns, { ...base, views: [views.identity, views.rotate90(1)] });
      expect(() => turned(images)).toThrow(
        'all views must give one shape of outputs, got [2,3] for identity and [3,2] for rotate90(1)',
      );
      const asynchronous = testTimeAugment((async (seen: Tensor4D) => seen) as never, base);
      expect(() => asynchronous(images)).toThrow('predict must return a tensor, got Promise');
      images.dispose();
    }));

  it('refuses images that are no batch, and options that are unknown', () =>
    expectNoLeak(() => {
      const flat = tensor2d([1, 2], [1, 2]);
      expect(() => testTimeAugment(flatten, base)(flat)).toThrow(
        'images must be a float32 tensor of shape [batch, height, width, channels], got tensor "float32" of shape [1, 2]',
      );
      flat.dispose();
      const run = (options: object) => () => testTimeAugment(flatten, { ...base, ...options });
      expect(run({ views: [] })).toThrow('views must be a list of at least one view, got []');
      expect(run({ views: [views.translate] })).toThrow('views[0] must be a view, got function translate');
      expect(run({ views: [{ ...views.identity, weight: 0 }] })).toThrow(
        'the weight of view identity must be',
      );
      expect(run({ merge: 'median' })).toThrow('merge must be one of "mean", "gmean"');
      expect(run({ dense: 1 })).toThrow('dense must be true or false');
      expect(run({ activation: 'softmax' })).toThrow('unknown option "activation"');
      expect(() => testTimeAugment(undefined as never, base)).toThrow('predict must be a function');
    }));

  it('returns a tensor of its own, and disposes neither the images nor what predict keeps', () =>
    expectNoLeak(() => {
      const [images, cached] = [pixels(1, 2), tensor2d([5, 6], [1, 2])];
      const predict = testTimeAugment(() => cached, { ...base, views: [views.identity], merge: 'max' });
      predict(images).dispose();
      expect([values(images), values(cached)]).toEqual([
        [1, 2],
        [5, 6],
      ]);
      dispose([images, cached]);
    }));

  it('agrees with the softmax of TensorFlow.js on one view', () =>
    expectNoLeak(() => {
      const images = pixels(0.3, -1, 2);
      const predict = testTimeAugment(flatten, { ...base, views: [views.identity], on: 'probabilities' });
      const [merged, logits] = [predict(images), flatten(images)];
      const expected = softmax(logits);
      expectRow(values(merged), values(expected));
      dispose([images, merged, logits, expected]);
    }));
});
