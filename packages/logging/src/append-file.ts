import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Checker, LoopwrightError, show } from '@loopwright/core';
import { replaceFileSync } from '@loopwright/core/files';

/**
 * A file that grows by whole pieces. Each piece is handed to the operating system before the call returns, so a crash
 * of the process loses none; only a loss of power can. Every error names the path.
 *
 * @example
 * const file = new AppendFile(check, 'runs/a/metrics.jsonl');
 * file.append('{"loss":0.5}\n');
 * file.close();
 */
export class AppendFile {
  readonly path: string;
  private readonly check: Checker;
  private readonly location: string;
  private descriptor: number | null = null;
  private isFlushed = false;

  /** Opens it; makes its folders, and the file if there is none. */
  constructor(check: Checker, path: string) {
    this.check = check;
    this.path = check.string('path', path);
    this.location = resolve(path);
    this.attempt('open', () => {
      mkdirSync(dirname(this.location), { recursive: true });
      this.open();
    });
  }

  /** Its length in bytes, also when it is closed. */
  get size(): number {
    return this.attempt('look at', () => statSync(this.location).size);
  }

  /** The bytes from `start` up to `end`. */
  readBytes(start: number, end: number): Buffer {
    const buffer = Buffer.alloc(end - start);
    this.attempt('read', () => {
      let done = 0;
      while (done < buffer.length) {
        const count = readSync(this.opened(), buffer, done, buffer.length - done, start + done);
        if (count === 0) throw new Error('it has become shorter');
        done += count;
      }
    });
    return buffer;
  }

  /** All of it. */
  readText(): string {
    return this.attempt('read', () => readFileSync(this.location, 'utf8'));
  }

  append(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.isFlushed = false;
    this.attempt('write', () => {
      const descriptor = this.opened();
      let done = 0;
      try {
        while (done < bytes.length) done += writeSync(descriptor, bytes, done);
      } catch (error) {
        cutBack(descriptor, done);
        throw error;
      }
    });
  }

  /** Flushes it to the disk, so that a loss of power takes nothing of it. */
  flush(): void {
    if (this.isFlushed || this.descriptor === null) return;
    this.attempt('flush', () => fsyncSync(this.opened()));
    this.isFlushed = true;
  }

  /** Cuts everything after the first `size` bytes. */
  truncate(size: number): void {
    this.isFlushed = false;
    this.attempt('truncate', () => ftruncateSync(this.opened(), size));
  }

  /** Puts `text` in place of everything; a reader, or a restart after a crash, finds the old text or the new one. */
  replace(text: string): void {
    this.attempt('replace', () => {
      this.opened();
      replaceFileSync(this.location, text);
      this.close();
      this.open();
    });
  }

  /** Nothing can be written afterwards. Closing again does nothing. */
  close(): void {
    this.flush();
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
  }

  private open(): void {
    this.descriptor = openSync(this.location, 'a+');
  }

  private opened(): number {
    return this.descriptor ?? this.check.fail(`${show(this.path)} is closed`);
  }

  private attempt<T>(action: string, run: () => T): T {
    try {
      return run();
    } catch (cause) {
      if (cause instanceof LoopwrightError) throw cause;
      return this.check.fail(`cannot ${action} ${show(this.path)}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** Removes what a failed write has left of its piece, where that is possible, so that the next one starts a new line. */
function cutBack(descriptor: number, written: number): void {
  try {
    ftruncateSync(descriptor, fstatSync(descriptor).size - written);
  } catch {
    // The write's own error says what is wrong; opening the file again repairs its end.
  }
}
