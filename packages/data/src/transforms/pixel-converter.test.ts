import { describe, expect, it } from 'vitest';
import { pixelConverter, statistics } from './index.ts';

describe('pixelConverter', () => {
  it('divides by 255 and normalises each channel, into what it is given', () => {
    const { mean, std } = statistics.imagenet;
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
    const target = new Float32Array(20).fill(7);
    const convert = pixelConverter({ channels: 3, statistics: statistics.imagenet });
    expect(convert(bytes, target, 4)).toBe(target);
    const expected = [...bytes].map((byte, i) => (byte / 255 - mean[i % 3]!) / std[i % 3]!);
    expect([...target.subarray(4, 16)]).toEqual(expected.map(Math.fround));
    expect([...target.subarray(0, 4), ...target.subarray(16)]).toEqual(new Array(8).fill(7));
  });

  it('takes any number of channels', () => {
    const convert = pixelConverter({ channels: 2, statistics: { mean: [0, 1], std: [1, 2] } });
    expect([...convert(Uint8Array.of(255, 255, 0, 0))]).toEqual([1, 0, 0, -0.5]);
    expect([...pixelConverter({ channels: 1 })(Uint8Array.of(0, 255))]).toEqual([0, 1]);
  });

  it('refuses what does not fit', () => {
    expect(() => pixelConverter({ channels: 3, statistics: statistics.mnist })).toThrow(
      'mean and std must have 3 values, one a channel, got [0.1307] and [0.3081]',
    );
    expect(() => pixelConverter({ channels: 1, statistics: { mean: [0], std: [0] } })).toThrow('std must be');
    expect(() => pixelConverter({ channels: 1, statistics: {} as never })).toThrow(
      'mean and std must be lists, one value a channel, got undefined and undefined',
    );
    const convert = pixelConverter({ channels: 3 });
    expect(() => convert(new Uint8Array(4))).toThrow('4 bytes are no whole pixels of 3 channels');
    expect(() => convert(new Uint8Array(6), new Float32Array(8), 3)).toThrow(
      '6 floats from 3 on do not fit into 8',
    );
  });
});
