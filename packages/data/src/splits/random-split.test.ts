import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../dataset.ts';
import { mapDataset } from '../datasets/map-dataset.ts';
import { Subset } from '../datasets/subset.ts';
import { randomSplit } from './random-split.ts';

const letters: Dataset<string> = { length: 5, get: (index) => 'abcde'[index]! };
const all = (dataset: Dataset<string>) =>
  Array.from({ length: dataset.length }, (_, i) => dataset.get(i, new RandomStream(0)));

describe('Subset and randomSplit', () => {
  it('take samples in the given order', () => {
    expect(all(new Subset(letters, [4, 0, 0]))).toEqual(['e', 'a', 'a']);
    expect(() => new Subset(letters, [5])).toThrow(
      'index must be an integer at least 0 and at most 4, got 5',
    );
    expect(() => new Subset(letters, [1]).get(1, new RandomStream(0))).toThrow(
      'index must be from 0 to 0, got 1',
    );
  });

  it('split without overlap, by the seed alone', () => {
    const parts = randomSplit(letters, [2, 3], { seed: 1 }).map(all);
    expect(parts.flat().sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(randomSplit(letters, [2, 3], { seed: 1 }).map(all)).toEqual(parts);
    const splits = [1, 2, 3, 4, 5].map((seed) => all(randomSplit(letters, [5], { seed })[0]!).join(''));
    expect(new Set(splits).size).toBeGreaterThan(1);
    expect(() => randomSplit(letters, [4, 2], { seed: 1 })).toThrow(
      'lengths sum to 6, but there are 5 samples',
    );
  });

  it('split by fractions with the lengths that PyTorch gives them', () => {
    const lengthsOf = (fractions: number[], length = 10) =>
      randomSplit({ ...letters, length }, fractions, { seed: 1 }).map((part) => part.length);
    // [len(part) for part in torch.utils.data.random_split(range(length), fractions)], PyTorch 2.13
    expect(lengthsOf([0.8, 0.2])).toEqual([8, 2]);
    expect(lengthsOf([0.33, 0.33, 0.34])).toEqual([4, 3, 3]);
    expect(lengthsOf([0.29, 0.71], 101)).toEqual([30, 71]);
    expect(lengthsOf([1 / 3, 1 / 3, 1 / 3], 11)).toEqual([4, 4, 3]);
    expect(() => lengthsOf([0.5, 0.2])).toThrow('lengths that are fractions must sum to 1, not to 0.7');
    expect(() => lengthsOf([1.5, -0.5])).toThrow('fraction must be');
  });

  it('map samples with their own streams, sync or async', async () => {
    const upper = mapDataset(letters, (letter, stream) => letter.toUpperCase() + stream.integer(10));
    const digit = new RandomStream(8).integer(10);
    expect(upper.get(1, new RandomStream(8))).toBe(`B${digit}`);
    const later = mapDataset({ length: 1, get: async () => 'x' }, (letter) => `${letter}!`);
    expect(await later.get(0, new RandomStream(0))).toBe('x!');
  });
});
