import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import { ArrayDataset } from '../datasets/array-dataset.ts';
import type { Subset } from '../datasets/subset.ts';
import { movePerClass } from './move-per-class.ts';
import { stratifiedSplit } from './stratified-split.ts';

/** 20 samples of class 0, 10 of class 1, 5 of class 2, mixed; each sample is its index. */
const labels = Array.from({ length: 35 }, (_, i) => (i % 7 < 4 ? 0 : i % 7 < 6 ? 1 : 2));
const dataset = Object.assign(new ArrayDataset(Array.from(labels.keys())), { labels });

const indicesOf = (part: Subset<number>) => [...part.indices];
const counts = (part: Subset<number>) => {
  const result = [0, 0, 0];
  for (const index of part.indices) result[labels[index]!]! += 1;
  return result;
};

describe('stratifiedSplit', () => {
  it('has the classes in the proportions of the whole, and no sample twice', () => {
    const parts = stratifiedSplit(dataset, [14, 7, 14], { seed: 1 });
    expect(parts.map(counts)).toEqual([
      [8, 4, 2],
      [4, 2, 1],
      [8, 4, 2],
    ]);
    expect(parts.flatMap(indicesOf).sort((a, b) => a - b)).toEqual([...labels.keys()]);
  });

  it('rounds to the nearest, and has exactly as many samples as asked for', () => {
    for (const length of [1, 2, 3, 10, 17, 34, 35]) {
      const [part] = stratifiedSplit(dataset, [length], { seed: 4 });
      expect(part!.length).toBe(length);
      counts(part!).forEach((count, label) => {
        expect(Math.abs(count - (length * [20, 10, 5][label]!) / 35)).toBeLessThan(1);
      });
    }
  });

  it('depends on the seed alone, and mixes the classes', () => {
    const split = (seed: number) => stratifiedSplit(dataset, [14, 21], { seed }).map(indicesOf);
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
    const classes = split(1)[1]!.map((index) => labels[index]!);
    expect(classes).not.toEqual([...classes].sort());
  });

  it('takes labels for data sets that do not know theirs, and refuses what does not fit', () => {
    const plain = new ArrayDataset([...labels.keys()]);
    expect(stratifiedSplit(plain, [7], { seed: 1, labels }).map(counts)).toEqual([[4, 2, 1]]);
    expect(() => stratifiedSplit(plain, [7], { seed: 1 })).toThrow(
      'ArrayDataset does not know its labels: pass labels',
    );
    expect(() => stratifiedSplit(plain, [7], { seed: 1, labels: [0] })).toThrow(
      'labels must be 35, one a sample, got 1',
    );
    expect(() => stratifiedSplit(dataset, [30, 6], { seed: 1 })).toThrow(
      'lengths sum to 36, but there are 35 samples',
    );
  });
});

describe('movePerClass', () => {
  const validation = new ArrayDataset([100, 101]);
  const move = (options = {}) => movePerClass(dataset, validation, { perClass: 3, ...options });

  it('moves as many samples of each class, the same ones every time', () => {
    const [train, grown] = move();
    expect(counts(train)).toEqual([17, 7, 2]);
    expect(indicesOf(train)).toEqual(indicesOf(train).sort((a, b) => a - b));
    expect(grown.length).toBe(11);
    const stream = new RandomStream(0);
    const moved = Array.from({ length: 9 }, (_, i) => grown.get(i + 2, stream) as number);
    expect(grown.get(0, stream)).toBe(100);
    expect([...indicesOf(train), ...moved].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    expect(indicesOf(move()[0])).toEqual(indicesOf(train));
    expect(indicesOf(move({ seed: 1 })[0])).not.toEqual(indicesOf(train));
  });

  it('refuses more than a class has', () => {
    expect(() => move({ perClass: 6 })).toThrow('class 2 has 5 samples, fewer than perClass, 6');
    expect(() => move({ perClass: 0 })).toThrow('perClass must be a positive integer, got 0');
  });
});
