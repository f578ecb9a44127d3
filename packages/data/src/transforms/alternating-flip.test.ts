import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import { alternatingFlip } from './index.ts';

const arrow = { data: Uint8Array.of(1, 2), height: 1, width: 2, channels: 1 };
const stream = new RandomStream(0);

describe('alternatingFlip', () => {
  const flipped = (seed: number, epoch: number, index: number) =>
    alternatingFlip({ seed })(arrow, stream, { epoch, index }).data[0] === 2;
  const indices = Array.from({ length: 1000 }, (_, index) => index);

  it('mirrors half of the images in each epoch, and the other half in the next', () => {
    const first = indices.map((index) => flipped(1, 0, index));
    const share = first.filter(Boolean).length;
    // A fair coin for each: the standard deviation is 16.
    expect(Math.abs(share - 500)).toBeLessThan(80);
    expect(indices.map((index) => flipped(1, 1, index))).toEqual(first.map((value) => !value));
    expect(indices.map((index) => flipped(1, 2, index))).toEqual(first);
    expect(indices.map((index) => flipped(2, 0, index))).not.toEqual(first);
  });

  it('needs to know where the sample stands, and draws nothing', () => {
    expect(() => alternatingFlip()(arrow, stream)).toThrow(
      '[loopwright/data] alternatingFlip: needs the epoch and index of the sample',
    );
    expect(stream.uint32()).toBe(new RandomStream(0).uint32());
  });
});
