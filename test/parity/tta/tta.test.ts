import { readFileSync } from 'node:fs';
import { expectNoLeak } from '@loopwright/test-utils';
import { testTimeAugment, type View, views, weighted } from '@loopwright/tta';
import { matMul, reshape, type Tensor, type Tensor4D, tensor2d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

type Images = number[][][][];
interface Golden {
  images: Images;
  kernel: number[][];
  views: Record<string, Images>;
  airbench: number[][];
  cases: {
    on: 'logits' | 'probabilities';
    merge: 'mean' | 'gmean' | 'max' | 'min' | 'sum' | 'tsharpen';
    weights: number[];
    merged: number[][];
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));
const mine: readonly View[] = [
  views.identity,
  views.horizontalFlip,
  views.verticalFlip,
  views.rotate90(1),
  views.rotate90(3),
  views.translate(2, -1),
  views.translate(-1, 0),
  views.multiply(0.5),
  views.add(0.25),
];

/** NumPy computed in float64; a float32 sum of 50 products near 1 is good to some units of 1e-6. */
function expectClose(actual: Tensor, expected: readonly number[]): void {
  const values = [...actual.dataSync()];
  expect(values.length).toBe(expected.length);
  for (const [i, value] of values.entries()) {
    const reference = expected[i] as number;
    expect(Math.abs(value - reference), `element ${i}: ${value}, expected ${reference}`).toBeLessThanOrEqual(
      1e-5 + 1e-5 * Math.abs(reference),
    );
  }
}

const predict = (images: Tensor4D) =>
  matMul(reshape(images, [images.shape[0], -1]) as Tensor, tensor2d(golden.kernel));

describe("views are NumPy's", () => {
  it.each(mine.map((view) => [view.name, view] as const))('%s', (name, view) =>
    expectNoLeak(() =>
      tidy(() => expectClose(view.apply(tensor4d(golden.images)), golden.views[name]?.flat(3) as number[])),
    ),
  );
});

describe('merges are the closed forms', () => {
  const rows = golden.cases.map((row) => ({
    ...row,
    name: `${row.merge} of ${row.on}, weights ${row.weights}`,
  }));
  it.each(rows)('$name', ({ on, merge, weights, merged }) =>
    expectNoLeak(() =>
      tidy(() => {
        const all = mine.map((view, i) => weighted(view, weights[i] as number));
        const augmented = testTimeAugment(predict, { views: all, merge, on });
        expectClose(augmented(tensor4d(golden.images)), merged.flat());
      }),
    ),
  );
});

describe('views.airbench', () => {
  it('weighs six views as airbench94.py does', () =>
    expectNoLeak(() =>
      tidy(() => {
        expect(views.airbench.map((view) => view.weight)).toEqual([0.25, 0.25, 0.125, 0.125, 0.125, 0.125]);
        const options = { views: views.airbench, on: 'logits' } as const;
        for (const merge of ['mean', 'sum'] as const) {
          const augmented = testTimeAugment(predict, { ...options, merge });
          expectClose(augmented(tensor4d(golden.images)), golden.airbench.flat());
        }
      }),
    ));
});
