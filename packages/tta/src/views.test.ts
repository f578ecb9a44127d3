import { expectNoLeak, expectView, type ViewContract } from '@loopwright/test-utils';
import { dispose, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compose, product, type View, views, weighted } from './index.ts';

/** Every view, with options that matter; a new one is a row. */
const registry: readonly ViewContract[] = [
  { view: views.identity, moves: true },
  { view: views.horizontalFlip, moves: true },
  { view: views.verticalFlip, moves: true },
  ...[-1, 0, 1, 2, 3, 6].map((turns) => ({ view: views.rotate90(turns), moves: true })),
  { view: views.translate(0, 0), moves: true },
  { view: views.translate(2, -1), moves: true, margin: 2 },
  { view: views.translate(-1, 0, { fill: 'zeros' }), moves: true, margin: 1 },
  { view: views.multiply(0.5), moves: false },
  { view: views.add(-2), moves: false },
  { view: compose(views.rotate90(1), views.horizontalFlip, views.translate(1, 0)), moves: true, margin: 1 },
  { view: weighted(views.horizontalFlip, 3), moves: true },
  ...views.airbench.map((view) => ({ view, moves: true, margin: 1 })),
];

describe.each(registry.map((row) => [row.view.name, row] as const))('view %s', (_, row) => {
  it('keeps the contract of a view', () => expectView(row));
});

/** What a view makes of one image of one channel, given and returned as rows. */
function look(view: View, rows: readonly (readonly number[])[], invert = false): number[][] {
  const images = tensor4d(rows.flat(), [1, rows.length, (rows[0] as readonly number[]).length, 1]);
  const seen = invert ? (view.invert as (x: Tensor4D) => Tensor4D)(images) : view.apply(images);
  const [, height, width] = seen.shape;
  const values = [...seen.dataSync()];
  dispose(seen === images ? [images] : [images, seen]);
  return Array.from({ length: height }, (_, y) => values.slice(y * width, (y + 1) * width));
}

const image = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
] as const;

describe('what views do', () => {
  it('flips exchange left and right, top and bottom', () =>
    expectNoLeak(() => {
      expect(look(views.horizontalFlip, image)[0]).toEqual([3, 2, 1]);
      expect(look(views.verticalFlip, image)[0]).toEqual([7, 8, 9]);
    }));

  it('rotate90 turns counter-clockwise, oblong images too', () =>
    expectNoLeak(() => {
      const oblong = [
        [1, 2, 3],
        [4, 5, 6],
      ];
      expect(look(views.rotate90(1), oblong)).toEqual([
        [3, 6],
        [2, 5],
        [1, 4],
      ]);
      expect(look(views.rotate90(-1), oblong)).toEqual([
        [4, 1],
        [5, 2],
        [6, 3],
      ]);
      expect(look(views.rotate90(2), oblong)).toEqual([
        [6, 5, 4],
        [3, 2, 1],
      ]);
    }));

  it('translate shifts the content right and down, mirrored at the border or filled with zeros', () =>
    expectNoLeak(() => {
      expect(look(views.translate(1, 0), image)[0]).toEqual([2, 1, 2]);
      expect(look(views.translate(-2, 0), image)[0]).toEqual([3, 2, 1]);
      expect(look(views.translate(0, 1), image)).toEqual([image[1], image[0], image[1]]);
      expect(look(views.translate(1, -1, { fill: 'zeros' }), image)).toEqual([
        [0, 4, 5],
        [0, 7, 8],
        [0, 0, 0],
      ]);
    }));

  it('multiply and add change values, and leave outputs where they are', () =>
    expectNoLeak(() => {
      expect(look(views.multiply(2), image)[0]).toEqual([2, 4, 6]);
      expect(look(views.add(-1), image)[0]).toEqual([0, 1, 2]);
      expect(look(views.multiply(2), image, true)[0]).toEqual([1, 2, 3]);
    }));

  it('compose applies from the left and inverts from the right', () =>
    expectNoLeak(() => {
      const view = compose(views.translate(1, 0, { fill: 'zeros' }), views.horizontalFlip);
      expect(view.name).toBe('translate(1, 0) + horizontalFlip');
      expect(look(view, image)[0]).toEqual([2, 1, 0]);
      expect(look(view, [[2, 1, 0]], true)[0]).toEqual([1, 2, 0]);
      const oneWay: View = { name: 'blur', apply: (images) => images };
      expect(compose(views.identity, oneWay).invert).toBeUndefined();
    }));

  it('product combines every view of each list, and multiplies weights', () => {
    const all = product(
      [views.identity, weighted(views.verticalFlip, 2)],
      [views.rotate90(1), weighted(views.identity, 3)],
    );
    expect(all.map(({ name, weight }) => [name, weight])).toEqual([
      ['identity + rotate90(1)', 1],
      ['identity + identity', 3],
      ['verticalFlip + rotate90(1)', 2],
      ['verticalFlip + identity', 6],
    ]);
    expect(weighted(weighted(views.identity, 2), 3).weight).toBe(6);
  });

  it('refuses what it cannot do', () =>
    expectNoLeak(() => {
      expect(() => views.translate(0.5, 0)).toThrow(
        '[loopwright/tta] views.translate: dx must be an integer, got 0.5',
      );
      expect(() => views.translate(0, 0, { fil: 'zeros' } as never)).toThrow('did you mean fill?');
      expect(() => views.translate(0, 0, { fill: 'wrap' as never })).toThrow('got "wrap"');
      const small = tensor4d([1, 2], [1, 1, 2, 1]);
      expect(() => views.translate(2, 0).apply(small)).toThrow('a shift by (2, 0) needs larger images');
      small.dispose();
      expect(() => views.rotate90(1.5)).toThrow('[loopwright/tta] views.rotate90: turns must be an integer');
      expect(() => views.multiply(Number.NaN)).toThrow(
        'views.multiply: factor must be a finite number, got NaN',
      );
      expect(() => views.add(undefined as never)).toThrow('views.add: value must be a finite number');
      expect(() => weighted(views.identity, 0)).toThrow(
        'weighted: weight must be a finite number greater than 0',
      );
      expect(() => compose()).toThrow('compose: needs at least one view, got none');
      expect(() => product([views.identity], [])).toThrow(
        'product: needs lists of at least one view, got [1, 0]',
      );
    }));
});
