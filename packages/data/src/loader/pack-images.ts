import { checker } from '@loopwright/core';
import type { ImageSample } from '../dataset.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import { writePixels } from '../transforms/write-pixels.ts';

/** Images and labels of a batch, not yet tensors. */
export interface PackedImages {
  /** NHWC. */
  readonly shape: readonly [batch: number, height: number, width: number, channels: number];
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

/** Memory for a batch; by default, new memory. */
export type Allocate = (floats: number, labels: number) => Pick<PackedImages, 'pixels' | 'labels'>;

/**
 * Writes samples one after another as floats, from 0 to 1 or normalised.
 *
 * @throws LoopwrightError if there are no samples, their images differ in size, one has not as many bytes as it says, or a
 * label is no integer
 */
export function packImages(
  samples: readonly ImageSample[],
  statistics?: ChannelStatistics,
  allocate: Allocate = (floats, count) => ({
    pixels: new Float32Array(floats),
    labels: new Int32Array(count),
  }),
): PackedImages {
  const check = checker('data', 'collateImages');
  const first = samples[0]?.image;
  if (first === undefined) return check.fail('samples must not be empty');
  if (!(first.data instanceof Uint8Array))
    check.fail('samples must be images of bytes: pass a collate function');
  const { height, width, channels } = first;
  const { pixels, labels } = allocate(samples.length * height * width * channels, samples.length);
  writePixels(
    check,
    samples.map(({ image }) => image),
    pixels,
    statistics,
  );
  for (const [position, { label }] of samples.entries()) labels[position] = check.integer('label', label);
  return { shape: [samples.length, height, width, channels], pixels, labels };
}
