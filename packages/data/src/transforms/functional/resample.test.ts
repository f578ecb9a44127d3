import { describe, expect, it } from 'vitest';
import { compileKernel } from '../../../assembly/compile.ts';
import type { Image } from '../../dataset.ts';
import { filters } from './filters.ts';
import { resample } from './resample.ts';
import { resampleKernel } from './resample-kernel.ts';
import { resamplingTaps } from './resampling-taps.ts';

/** The sum that the loops compute, pixel by pixel. */
function reference(image: Image, height: number, width: number): Uint8Array {
  const across = resamplingTaps(image.width, width, filters.bicubic);
  const down = resamplingTaps(image.height, height, filters.bicubic);
  const { channels } = image;
  const rows = (data: Uint8Array, count: number, pitch: number, taps: typeof across, step: number) =>
    Uint8Array.from({ length: count }, (_, i) => {
      const [outer, target, inner] = [Math.floor(i / pitch), Math.floor((i % pitch) / step), i % step];
      const source = outer * (data.length / (count / pitch)) + taps.starts[target]! * step + inner;
      let sum = 1 << 21;
      for (let tap = 0; tap < taps.count; tap++) {
        sum += data[source + tap * step]! * taps.weights[target * taps.count + tap]!;
      }
      return Math.min(255, Math.max(0, sum >> 22));
    });
  const middle = rows(image.data, image.height * width * channels, width * channels, across, channels);
  return rows(middle, height * width * channels, height * width * channels, down, width * channels);
}

describe('the resampling kernel', () => {
  it('is what the source compiles to', async () => {
    expect(await compileKernel('resample')).toBe(resampleKernel);
  });

  it.each([1, 2, 3, 4])('computes the sums of the definition, with %i channels', (channels) => {
    for (const [height, width] of [
      [5, 40],
      [31, 7],
      [1, 1],
      [300, 333],
    ] as const) {
      const data = Uint8Array.from({ length: 13 * 17 * channels }, (_, i) => (i * i * 7 + 5 * i) % 256);
      const image = { data, height: 13, width: 17, channels };
      const whole = { top: 0, left: 0, height: 13, width: 17 };
      const actual = resample(image, whole, { height, width }, filters.bicubic);
      expect(Buffer.compare(actual.data, reference(image, height, width))).toBe(0);
    }
  });
});
