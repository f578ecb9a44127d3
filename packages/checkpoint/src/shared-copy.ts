/** Larger pieces save nothing, and smaller ones take more calls. */
const SEGMENT_BYTES = 2 ** 24;

/**
 * Memory that a state is copied to, so that the loop can go on while another thread writes it. It is kept from save to
 * save, since to copy to fresh memory takes several times as long.
 */
export class SharedCopy {
  private segments: Uint8Array[] = [];

  /**
   * Copies pieces one after the other.
   *
   * @returns the copy, in pieces of other lengths. It is overwritten by the next call
   */
  fill(chunks: readonly Uint8Array[]): Uint8Array[] {
    const total = chunks.reduce((sum, { length }) => sum + length, 0);
    this.reserve(total);
    let position = 0;
    for (const chunk of chunks) {
      for (let copied = 0; copied < chunk.length; ) {
        const segment = this.segments[Math.floor(position / SEGMENT_BYTES)] as Uint8Array;
        const offset = position % SEGMENT_BYTES;
        const piece = chunk.subarray(copied, copied + segment.length - offset);
        segment.set(piece, offset);
        copied += piece.length;
        position += piece.length;
      }
    }
    return [...this.segments];
  }

  /** Makes the segments hold exactly so many bytes; memory that has the right size stays. */
  private reserve(total: number): void {
    const count = Math.ceil(total / SEGMENT_BYTES);
    this.segments = Array.from({ length: count }, (_, index) => {
      const bytes = Math.min(SEGMENT_BYTES, total - index * SEGMENT_BYTES);
      const kept = this.segments[index];
      return kept?.length === bytes ? kept : new Uint8Array(new SharedArrayBuffer(bytes));
    });
  }
}
