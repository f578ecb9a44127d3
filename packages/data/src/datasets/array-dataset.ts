import { checker } from '@loopwright/core';
import type { DatasetSpec, DescribedDataset } from '../dataset.ts';
import { refuseDerivedGet } from './spec-of.ts';

const check = checker('data', 'ArrayDataset');

/**
 * Samples that lie in memory, of any kind. Each worker gets a copy of them, but for memory that is shared.
 *
 * @throws LoopwrightError if `samples` is no array
 * @example
 * const points = new ArrayDataset([{ x: 1, y: 0 }, { x: 2, y: 1 }]);
 * points.get(1).x; // 2
 */
export class ArrayDataset<T> implements DescribedDataset<T> {
  readonly samples: readonly T[];

  constructor(samples: readonly T[]) {
    if (!Array.isArray(samples)) check.fail('samples must be an array');
    this.samples = samples;
  }

  get length(): number {
    return this.samples.length;
  }

  get spec(): DatasetSpec {
    refuseDerivedGet(check, this, ArrayDataset);
    return { name: 'array', options: { samples: this.samples } };
  }

  get(index: number): T {
    if (!(index in this.samples)) check.fail(`index must be from 0 to ${this.length - 1}, got ${index}`);
    return this.samples[index] as T;
  }
}
