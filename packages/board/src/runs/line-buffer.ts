/** A line longer than this is no record. */
const LONGEST_LINE = 2 ** 20;
const NEWLINE = 0x0a;

/** Cuts bytes that come in pieces into whole lines. */
export class LineBuffer {
  private rest: Buffer[] = [];
  private restLength = 0;

  /** @returns the lines that these bytes end, with their line ends, as one text; empty if they end none */
  push(bytes: Uint8Array): string {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      this.keep(piece);
      return '';
    }
    const text = Buffer.concat([...this.rest, piece.subarray(0, end)]).toString();
    this.clear();
    this.keep(piece.subarray(end));
    return text;
  }

  /** Whether the last line has no end yet. */
  get hasRest(): boolean {
    return this.restLength > 0;
  }

  /** Forgets the line that has no end yet. */
  clear(): void {
    this.rest = [];
    this.restLength = 0;
  }

  private keep(piece: Buffer): void {
    if (piece.length === 0) return;
    if (this.restLength + piece.length > LONGEST_LINE) this.clear();
    this.rest.push(piece);
    this.restLength += piece.length;
  }
}
