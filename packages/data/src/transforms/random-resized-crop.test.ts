import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import type { Image } from '../dataset.ts';
import { randomErasing, randomResizedCrop } from './index.ts';

/** Each pixel tells its row and its column. */
const map: Image = {
  data: Uint8Array.from({ length: 40 * 60 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [Math.floor(pixel / 60), pixel % 60, 0][i % 3]!;
  }),
  height: 40,
  width: 60,
  channels: 3,
};

/** Answers in this order: uniforms as places in their range. */
const scripted = (answers: number[]) =>
  ({
    uniform: (low = 0, high = 1) => low + (high - low) * answers.shift()!,
    integer: () => answers.shift(),
  }) as unknown as RandomStream;

describe('randomResizedCrop', () => {
  it('takes the rectangle of the drawn area and proportions', () => {
    const crop = randomResizedCrop({
      size: [20, 30],
      scale: [0.25, 1],
      ratio: [1.5, 1.5],
      interpolation: 'nearest',
    });
    const { data } = crop(map, scripted([0, 0, 7, 11]));
    expect([...data.subarray(0, 2)]).toEqual([7, 11]);
    expect([...data.subarray(-3, -1)]).toEqual([26, 40]);
  });

  it('tries ten times, then takes the middle with the nearest proportions allowed', () => {
    const stream = scripted(new Array(20).fill(1));
    const wide = randomResizedCrop({ size: [4, 12], scale: [1, 1], ratio: [3, 3], interpolation: 'nearest' });
    const { data } = wide(map, stream);
    // 60 wide, so 20 high, from row 10 on; the centres of four rows of five pixels.
    expect([data[0], data[3 * 12 * 3]]).toEqual([12, 27]);
    expect(stream.uniform()).toBeNaN();
  });

  it('draws areas evenly and proportions evenly in their logarithm', () => {
    const square: Image = { data: new Uint8Array(200 * 200), height: 200, width: 200, channels: 1 };
    square.data.fill(255);
    const marked = randomErasing({ p: 1, scale: [0.02, 0.33], ratio: [0.3, 3.3], value: 0 });
    const areas = Array.from({ length: 2000 }, (_, key) => {
      const { data } = marked(square, new RandomStream(key));
      return data.reduce((count, value) => count + (value === 0 ? 1 : 0), 0) / data.length;
    });
    const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
    // Evenly drawn from 0.02 to 0.33: the mean of 2000 has a standard error of 0.002.
    expect(Math.abs(mean - 0.175)).toBeLessThan(0.008);
    expect(Math.min(...areas)).toBeGreaterThan(0.018);
    expect(Math.max(...areas)).toBeLessThan(0.333);
  });

  it('refuses bad options by name', () => {
    expect(() => randomResizedCrop({ size: 0 })).toThrow('size must be a positive integer, got 0');
    expect(() => randomResizedCrop({ size: 4, scale: [0, 1] })).toThrow(
      'scale[0] must be a finite number greater than 0 and at most 1, got 0',
    );
    expect(() => randomResizedCrop({ size: 4, ratio: [2, 1] })).toThrow(
      'ratio[1] must be a finite number at least 2',
    );
    expect(() => randomResizedCrop({ size: 4, interpolation: 'lanczos' as never })).toThrow(
      'interpolation must be one of',
    );
  });
});
