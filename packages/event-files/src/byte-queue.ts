/** Bytes that come in pieces and are taken from the front; a byte is copied a bounded number of times. */
export class ByteQueue {
  private buffer = new Uint8Array(0);
  private length = 0;

  /** What is there: a view, valid until the next call. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  append(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.buffer.length));
      larger.set(this.bytes);
      this.buffer = larger;
    }
    this.buffer.set(piece, this.length);
    this.length = length;
  }

  /** Takes the first `count` bytes off. */
  drop(count: number): void {
    if (count === 0) return;
    this.buffer.copyWithin(0, count, this.length);
    this.length -= count;
  }

  clear(): void {
    this.buffer = new Uint8Array(0);
    this.length = 0;
  }
}
