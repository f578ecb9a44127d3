import { type Checker, type StateDict, type Stateful, show } from '@loopwright/core';
import { type MetricRecord, type PlainRecord, readRecord } from '@loopwright/metrics';
import type { AppendFile } from './append-file.ts';

/** Options of every sink that writes a file. */
export interface FileSinkOptions {
  /**
   * What becomes of records that are in the file when it is opened: `'append'`, the default, keeps them. `'resume'`
   * keeps those that the loaded state knows of, and none if no state is loaded: for a sink that is a part of the run.
   */
  readonly existing?: 'append' | 'resume';
}

/**
 * A sink that owns a file: an rxjs observer for `metrics.subscribe(sink)`.
 *
 * Each record is in the file when `next` returns. Tensors in it are read, not kept, and stay the caller's.
 *
 * Its state is how much of the file is written, flushed to the disk as it is taken. After a load, what comes later in the
 * file is cut off when the next record is written: steps that are done again leave no second record.
 */
export interface FileSink extends Stateful {
  /** The file, as it was given. */
  readonly path: string;
  next(record: MetricRecord): void;
  /** Closes the file and throws the error on, which is not the sink's to handle. */
  error(error: unknown): void;
  /** Closes the file. */
  complete(): void;
  /** Closes the file; for a stream that is never completed. */
  close(): void;
}

/** How a kind of file holds its records. */
export interface RecordFile extends Stateful {
  append(record: PlainRecord): void;
}

/** The sink that writes each record to a file in its own way. */
export function fileSink(file: AppendFile, records: RecordFile): FileSink {
  return {
    path: file.path,
    next: (record) => records.append(readRecord(record)),
    error: (error) => {
      file.close();
      throw error;
    },
    complete: () => file.close(),
    close: () => file.close(),
    stateDict: () => {
      file.flush();
      return records.stateDict();
    },
    loadStateDict: (state: StateDict) => records.loadStateDict(state),
  };
}

/** Whether records that no loaded state knows of are to go. */
export function replacesExisting(check: Checker, existing: unknown): boolean {
  return check.oneOf('existing', existing ?? 'append', ['append', 'resume']) === 'resume';
}

/**
 * How much of what a state knows of is still there: all, or nothing of a file that was moved away.
 *
 * @throws LoopwrightError if a part of it is missing
 */
export function keptOf(
  check: Checker,
  { path }: AppendFile,
  saved: number,
  what: 'bytes' | 'rows',
  present: number,
): number {
  if (present === 0 || saved <= present) return Math.min(saved, present);
  return check.fail(
    `${show(path)} has ${present} ${what}, but had ${saved} when the run was saved; put it back, or move it away`,
  );
}
