import { reasonOf } from '@loopwright/core';
import type { Decoder, DecoderFactory } from './decoder.ts';
import { GrowingFile } from './growing-file.ts';
import { Records } from './records.ts';

/** A file that ends within a record for longer than this was cut off, and is not just being written. */
const UNFINISHED_MS = 10_000;

interface Part {
  readonly file: GrowingFile;
  readonly decoder: Decoder;
  /** Why the file could not be read, the last time. */
  failure: string | undefined;
}

/** One log of a run: a file, or several that continue each other, in the order of their names. */
export class Source {
  private readonly root: string;
  private readonly makeDecoder: DecoderFactory;
  private parts: Part[] = [];
  private all = new Records();

  constructor(root: string, makeDecoder: DecoderFactory) {
    this.root = root;
    this.makeDecoder = makeDecoder;
  }

  get records(): Records {
    return this.all;
  }

  /** When it was last written to: milliseconds since 1970; 0 if it was not read yet. */
  get modifiedMs(): number {
    return Math.max(0, ...this.parts.map(({ file }) => file.modifiedMs));
  }

  get bytesRead(): number {
    return this.parts.reduce((sum, { file }) => sum + file.bytesRead, 0);
  }

  /** What could not be read, in words, a line a file. */
  get problems(): string[] {
    return this.parts.flatMap((part) => {
      const problem = part.failure ?? part.decoder.problem ?? cutOff(part);
      return problem === undefined ? [] : [`${part.file.path}: ${problem}`];
    });
  }

  /** Sets which files there are. If one is gone, or one has come between, everything is read anew. */
  setFiles(paths: readonly string[]): void {
    const continues = this.parts.every(({ file }, index) => file.path === paths[index]);
    if (!continues) this.clear();
    for (const path of paths.slice(this.parts.length)) this.parts.push(this.partOf(path));
  }

  /** Reads the next piece of what is new. @returns whether there was any, so that there may be more */
  async readSome(): Promise<boolean> {
    for (const part of this.parts) {
      const before = part.failure;
      const growth = await part.file.next().catch((error: unknown) => {
        part.failure = `cannot be read: ${reasonOf(error)}`;
      });
      if (growth === undefined) {
        if (before === undefined) return true;
        continue;
      }
      part.failure = undefined;
      if (growth.kind === 'grown') {
        part.decoder.take(growth.bytes);
        return true;
      }
      if (growth.kind === 'replaced') {
        this.setFilesAnew();
        return true;
      }
    }
    return false;
  }

  private setFilesAnew(): void {
    const paths = this.parts.map(({ file }) => file.path);
    this.clear();
    this.setFiles(paths);
  }

  private clear(): void {
    this.parts = [];
    this.all = new Records();
  }

  private partOf(path: string): Part {
    return {
      file: new GrowingFile(this.root, path),
      decoder: this.makeDecoder(this.all),
      failure: undefined,
    };
  }
}

function cutOff({ decoder, file }: Part): string | undefined {
  const isOld = Date.now() - file.modifiedMs > UNFINISHED_MS;
  return decoder.isUnfinished && isOld ? 'its last record is cut off' : undefined;
}
