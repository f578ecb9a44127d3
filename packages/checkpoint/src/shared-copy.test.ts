import { describe, expect, it } from 'vitest';
import { SharedCopy } from './shared-copy.ts';

const MEGABYTE = 2 ** 20;
const pieces = (copy: SharedCopy, ...sizes: readonly number[]) => sizes.map((bytes) => copy.allocate(bytes));
const places = (memory: readonly Uint8Array[]) =>
  memory.map(({ buffer, byteOffset }) => ({ buffer, byteOffset }));

describe('SharedCopy', () => {
  it('gives aligned memory that other threads can read, no byte of it twice', () => {
    const memory = pieces(new SharedCopy(), 5, 0, 4, 100);
    for (const [index, piece] of memory.entries()) {
      expect(piece.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(piece.byteOffset % 64).toBe(0);
      piece.fill(index + 1);
    }
    expect(memory.map((piece) => [...new Set(piece)])).toEqual([[1], [], [3], [4]]);
    expect(memory.map(({ length }) => length)).toEqual([5, 0, 4, 100]);
  });

  it('gives the same memory for the next copy, and frees what that does not need', () => {
    const copy = new SharedCopy();
    copy.begin();
    const sizes = [10 * MEGABYTE, 10 * MEGABYTE, 40 * MEGABYTE, 3];
    const first = pieces(copy, ...sizes);
    copy.begin();
    expect(places(pieces(copy, ...sizes))).toEqual(places(first));
    copy.begin();
    pieces(copy, 10 * MEGABYTE);
    copy.begin();
    const [again, other] = pieces(copy, 10 * MEGABYTE, 10 * MEGABYTE);
    expect(again?.buffer).toBe(first[0]?.buffer);
    expect(first.map(({ buffer }) => buffer)).not.toContain(other?.buffer);
  });

  it('copies what lies elsewhere, and only that', () => {
    const copy = new SharedCopy();
    const own = copy.allocate(4).fill(7);
    expect(copy.hold(own)).toBe(own);
    const foreign = Uint8Array.of(1, 2, 3);
    const held = copy.hold(foreign);
    foreign.fill(0);
    expect([...held]).toEqual([1, 2, 3]);
    expect(held.buffer).toBe(own.buffer);
  });
});
