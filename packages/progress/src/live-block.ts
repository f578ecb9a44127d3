import type { ProgressStream } from './progress-stream.ts';
import { textWidth } from './text.ts';

/** Of a terminal that does not tell its size, or tells zeros, as one does that nobody has given any. */
const USUAL = { columns: 80, rows: 24 } as const;

/** To the row above, whose contents go. */
const UP_AND_CLEAR = '\u001b[A\u001b[2K';

/**
 * A block of lines at the bottom of a terminal that is drawn over and over in place.
 *
 * The cursor is always left at the start of the line below the block, and never hidden: whatever ends the process, the
 * next thing that is printed stands on a line of its own.
 */
export class LiveBlock {
  private readonly stream: ProgressStream;
  /** Widths of the lines that stand on the terminal. */
  private widths: readonly number[] = [];
  /** Set where somebody has printed half a line since {@link erase}: the block goes below it. */
  isBehindText = false;

  constructor(stream: ProgressStream) {
    this.stream = stream;
  }

  /** Columns that a line may take. The last one stays free, where some terminals would wrap. */
  get columns(): number {
    return Math.max(1, this.width - 1);
  }

  /** Replaces the block by these lines, in one write. A block that would not fit loses its last lines. */
  draw(lines: readonly string[]): void {
    const fitting = lines.slice(0, (this.stream.rows || USUAL.rows) - 1);
    const start = this.isBehindText ? '\n' : this.erasure();
    this.isBehindText = false;
    this.stream.write(start + fitting.map((line) => `${line}\n`).join(''));
    this.widths = fitting.map(textWidth);
  }

  /** Takes the block off the terminal. */
  erase(): void {
    if (this.widths.length > 0) this.stream.write(this.erasure());
    this.widths = [];
  }

  /** Leaves the block where it stands for good; the next one is drawn below it. */
  release(): void {
    this.widths = [];
  }

  /**
   * A terminal that became narrower has wrapped the lines, so the block may take more rows than it has lines. They are
   * cleared one by one, because tmux keeps a copy in its history of all that is cleared from the first row on.
   */
  private erasure(): string {
    const rows = this.widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / this.width)), 0);
    return UP_AND_CLEAR.repeat(rows);
  }

  private get width(): number {
    return this.stream.columns || USUAL.columns;
  }
}
