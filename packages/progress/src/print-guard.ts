import type { ProgressStream } from './progress-stream.ts';

/** What has to be done around a print of somebody else. */
export interface Printing {
  /** Takes away what would be in its way. */
  before(): void;
  /** @param endsLine whether the cursor stands at the start of a line again */
  after(endsLine: boolean): void;
}

type Write = (this: unknown, chunk: unknown, ...others: unknown[]) => unknown;

/**
 * Watches streams of one terminal, so that what others print there (`console.log`, a logger) does not end up inside what is drawn
 * in place. What goes to the terminal past its stream, such as the output of a child process, it cannot see.
 */
export class PrintGuard {
  private readonly printing: Printing;
  private readonly streams: readonly ProgressStream[];
  private restores: (() => void)[] = [];
  /** Own drawings, and prints that are made of several, are let through. */
  private depth = 0;

  constructor(streams: readonly ProgressStream[], printing: Printing) {
    this.streams = streams;
    this.printing = printing;
  }

  watch(): void {
    if (this.restores.length === 0) this.restores = this.streams.map((stream) => this.replaceWrite(stream));
  }

  release(): void {
    for (const restore of this.restores) restore();
    this.restores = [];
  }

  /** Lets what `write` prints through as it is. */
  through<T>(write: () => T): T {
    this.depth += 1;
    try {
      return write();
    } finally {
      this.depth -= 1;
    }
  }

  private replaceWrite(stream: ProgressStream): () => void {
    const target = stream as { write: Write };
    const own = Object.getOwnPropertyDescriptor(target, 'write');
    const original = target.write;
    let watches = true;
    const watched: Write = (chunk, ...others) => {
      if (!watches || this.depth > 0) return original.call(target, chunk, ...others);
      return this.through(() => {
        this.printing.before();
        try {
          return original.call(target, chunk, ...others);
        } finally {
          this.printing.after(endsLine(chunk));
        }
      });
    };
    target.write = watched;
    return () => {
      watches = false;
      // Where somebody has put another function over this one since, it stays below and lets everything through.
      if (target.write !== watched) return;
      if (own === undefined) delete (target as Partial<typeof target>).write;
      else Object.defineProperty(target, 'write', own);
    };
  }
}

function endsLine(chunk: unknown): boolean {
  if (typeof chunk === 'string') return chunk === '' || chunk.endsWith('\n');
  return !(chunk instanceof Uint8Array) || chunk.length === 0 || chunk.at(-1) === 0x0a;
}
