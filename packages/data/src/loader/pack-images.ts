import { checker } from '@loopwright/core';
import type { Image, ImageSample } from '../dataset.ts';
import { pixelConverter } from '../transforms/pixel-converter.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';

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
  const { height, width, channels } = first;
  if (!(first.data instanceof Uint8Array))
    check.fail('samples must be images of bytes: pass a collate function');
  const convert = pixelConverter(statistics === undefined ? { channels } : { channels, statistics });
  const size = height * width * channels;
  const { pixels, labels } = allocate(samples.length * size, samples.length);
  samples.forEach(({ image, label }, position) => {
    if (image.height !== height || image.width !== width || image.channels !== channels) {
      check.fail(`images of a batch must have one size, got ${describe(first)} and ${describe(image)}`);
    }
    if (image.data.length !== size)
      check.fail(`an image of ${describe(image)} must have ${size} bytes, got ${image.data.length}`);
    convert(image.data, pixels, position * size);
    labels[position] = check.integer('label', label);
  });
  return { shape: [samples.length, height, width, channels], pixels, labels };
}

function describe({ height, width, channels }: Image): string {
  return `${height}×${width}×${channels}`;
}
