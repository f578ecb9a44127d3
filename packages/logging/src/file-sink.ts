import { type MetricRecord, type PlainRecord, readRecord } from '@loopwright/metrics';
import type { AppendFile } from './append-file.ts';

/**
 * A sink that owns a file: an rxjs observer for `metrics.subscribe(sink)`.
 *
 * Each record is in the file when `next` returns. Tensors in it are read, not kept, and stay the caller's.
 */
export interface FileSink {
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

/** The sink that writes each record to a file in its own way. */
export function fileSink(file: AppendFile, write: (record: PlainRecord) => void): FileSink {
  return {
    path: file.path,
    next: (record) => write(readRecord(record)),
    error: (error) => {
      file.close();
      throw error;
    },
    complete: () => file.close(),
    close: () => file.close(),
  };
}
