import { type Checker, show } from '@loopwright/core';
import { type HistogramBucket, histogramBuckets } from '@loopwright/event-files';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from './to-images.ts';

/** Numbers of a histogram: an array of any kind, or a tensor of any shape. */
export type HistogramInput = ArrayLike<number> | Tensor;

/** The buckets of numbers; a tensor is borrowed, and read. */
export function toBuckets(check: Checker, argument: string, values: HistogramInput): HistogramBucket[] {
  if (isTensor(values)) {
    if (values.dtype === 'string' || values.dtype === 'complex64') {
      check.fail(`${argument} must have numbers, got ${show(values)}`);
    }
    return histogramBuckets(values.dataSync());
  }
  if (!Array.isArray(values) && !(ArrayBuffer.isView(values) && 'length' in values)) {
    check.fail(`${argument} must be an array or a tensor, got ${show(values)}`);
  }
  const other = Array.prototype.findIndex.call(values, (value: unknown) => typeof value !== 'number');
  if (other >= 0) check.fail(`${argument} must have numbers, got ${show(values[other])} at ${other}`);
  return histogramBuckets(values);
}
