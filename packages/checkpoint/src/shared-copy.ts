/** Small states take little memory, and large ones are written in few pieces. */
const [FIRST_BYTES, MOST_BYTES] = [2 ** 16, 2 ** 24];

/** What typed arrays of every kind need, and more than copying gains from. */
const ALIGNMENT = 64;

/**
 * Memory that a state is copied to, so that another thread can write it while the loop goes on. It is kept from save to
 * save, since to copy to fresh memory takes several times as long.
 */
export class SharedCopy {
  private segments: Uint8Array[] = [];
  private current = 0;
  private offset = 0;

  /** Starts a new copy, in the place of the last one. */
  begin(): void {
    // What the last one did not need any more.
    this.segments.length = Math.min(this.segments.length, this.current + 1);
    this.current = 0;
    this.offset = 0;
  }

  /** Memory for a part of the copy, in one piece. */
  allocate(bytes: number): Uint8Array {
    while (!this.fits(bytes)) {
      this.current += 1;
      this.offset = 0;
    }
    const segment = this.segments[this.current] ?? this.makeSegment(bytes);
    this.segments[this.current] = segment;
    const memory = segment.subarray(this.offset, this.offset + bytes);
    this.offset = ALIGNMENT * Math.ceil((this.offset + bytes) / ALIGNMENT);
    return memory;
  }

  /** The same bytes as a part of the copy: themselves, if they are one. */
  hold(bytes: Uint8Array): Uint8Array {
    if (this.segments.some(({ buffer }) => buffer === bytes.buffer)) return bytes;
    const memory = this.allocate(bytes.length);
    memory.set(bytes);
    return memory;
  }

  private makeSegment(least: number): Uint8Array {
    const usual = Math.min(FIRST_BYTES * 4 ** this.current, MOST_BYTES);
    return new Uint8Array(new SharedArrayBuffer(Math.max(least, usual)));
  }

  /** Whether the current segment has room, or is still to be made. */
  private fits(bytes: number): boolean {
    const segment = this.segments[this.current];
    return segment === undefined || this.offset + bytes <= segment.length;
  }
}
