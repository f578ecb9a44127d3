import { compile, tf } from '@loopwright/tensorflow';
import { expectNoLeak } from '@loopwright/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { random } from './random.ts';

/** Philox4x32-10 of one counter below 2³², by the paper (Salmon et al., 2011), with BigInt. */
function philox(counter: number, key: readonly [number, number]): number[] {
  const low = (product: bigint) => Number(product & 0xffffffffn);
  const high = (product: bigint) => Number(product >> 32n);
  let words = [counter, 0, 0, 0] as [number, number, number, number];
  let [key0, key1] = key;
  for (let round = 0; round < 10; round++) {
    const [first, second] = [0xd2511f53n * BigInt(words[0]), 0xcd9e8d57n * BigInt(words[2])];
    words = [
      (high(second) ^ words[1] ^ key0) >>> 0,
      low(second),
      (high(first) ^ words[3] ^ key1) >>> 0,
      low(first),
    ];
    key0 = (key0 + 0x9e3779b9) >>> 0;
    key1 = (key1 + 0xbb67ae85) >>> 0;
  }
  return words;
}

/** The random word of an element: 256 counters give 1024 words, first the first ones of them all. */
function wordOf(element: number, key: readonly [number, number]): number {
  const [group, inside] = [Math.floor(element / 1024), element % 1024];
  return philox(256 * group + (inside % 256), key)[Math.floor(inside / 256)]!;
}

/** Lets `f` run with one seed of the op, a pair of unsigned integers. */
function withSeed<T>(key: readonly [number, number], f: () => T): T {
  const spy = vi.spyOn(random, 'opSeed').mockImplementation(() => tf.tensor1d(Int32Array.from(key)));
  try {
    return f();
  } finally {
    spy.mockRestore();
  }
}

/** Sizes around the vectors, groups of counters and tasks that the op works in. */
const SIZES = [1, 7, 255, 256, 257, 1023, 1025, 32_768, 70_001];
const KEY = [0xdeadbeef, 5] as const;

describe('our own op of dropout', () => {
  it('is checked against the generator of the paper', () => {
    // Of the known answers that the paper's authors publish.
    expect(philox(0, [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  });

  it.each(SIZES)('drops what the generator says, of %i values', (size) =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const rate = Math.fround(0.3);
        const dropped = withSeed(KEY, () => tf.dropout(tf.fill([size], 2), rate)).dataSync();
        const scaled = 2 * Math.fround(1 / (1 - rate));
        for (let element = 0; element < size; element += size > 2000 ? 97 : 1) {
          const isKept = wordOf(element, KEY) >= Math.floor(rate * 2 ** 32);
          expect(dropped[element]).toBe(isKept ? scaled : 0);
        }
      }),
    ),
  );

  it('has masks that do not depend on how the work is split', () =>
    tf.tidy(() => {
      const mask = (size: number) => withSeed(KEY, () => tf.dropout(tf.ones([size]), 0.5)).dataSync();
      expect(mask(100_000).slice(0, 40_001)).toEqual(mask(40_001));
    }));

  it('has gradients of any order, by the mask that it had', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.linspace(1, 2, 300);
        const mask = withSeed(KEY, () => tf.dropout(tf.onesLike(x), 0.4)).dataSync();
        const cube = (x: tf.Tensor) => tf.sum(withSeed(KEY, () => tf.dropout(tf.pow(x, 3), 0.4)));
        const slope = tf.grad(cube);
        const curvature = tf.grad((x: tf.Tensor) => tf.sum(slope(x)));
        const [first, second] = [slope(x).dataSync(), curvature(x).dataSync()];
        for (const [index, value] of x.dataSync().entries()) {
          expect(first[index]).toBeCloseTo(3 * value ** 2 * mask[index]!, 4);
          expect(second[index]).toBeCloseTo(6 * value * mask[index]!, 4);
        }
      }),
    ));

  it('lets what is not a number be seen also where it drops', () =>
    tf.tidy(() => {
      const dropped = tf.dropout(tf.fill([100], Number.NaN), 0.5).dataSync();
      expect([...dropped].every(Number.isNaN)).toBe(true);
    }));

  it('takes nothing, and any shape', () =>
    tf.tidy(() => {
      expect(tf.dropout(tf.zeros([0, 3]), 0.5).shape).toEqual([0, 3]);
      expect(tf.dropout(tf.zeros([2, 3, 4, 5]), 0.5).shape).toEqual([2, 3, 4, 5]);
    }));

  it('drops in the gradient of a compiled step what it dropped before', () =>
    expectNoLeak(() => {
      const x = tf.ones([5000]);
      const step = compile((x: tf.Tensor) => {
        let y: tf.Tensor | undefined;
        const slope = tf.grad((x: tf.Tensor) => {
          y = tf.keep(tf.dropout(x, 0.5));
          return tf.sum(y);
        })(x);
        return [y!, slope];
      });
      const masks = [1, 2, 3].map(() => {
        const [y, slope] = step(x) as [tf.Tensor, tf.Tensor];
        const mask = y.dataSync();
        expect(slope.dataSync()).toEqual(mask);
        tf.dispose([y, slope]);
        return mask.join('');
      });
      expect(new Set(masks).size).toBe(3);
      step.dispose();
      x.dispose();
    }));
});
