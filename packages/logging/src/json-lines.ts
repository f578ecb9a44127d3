import { type Checker, checker, checkState, type StateDict } from '@loopwright/core';
import type { PlainRecord } from '@loopwright/metrics';
import { AppendFile } from './append-file.ts';
import {
  type FileSink,
  type FileSinkOptions,
  fileSink,
  keptOf,
  type RecordFile,
  replacesExisting,
} from './file-sink.ts';
import { jsonRecord } from './json-record.ts';

const NEWLINE = 0x0a;
const CHUNK = 64 * 1024;

/**
 * Writes each record as one line of JSON.
 *
 * The file is appended to, so a resumed run continues it; as a part of the run, opened with `existing: 'resume'`, it is
 * that of a run that was never interrupted. A last line that a crash has cut off is removed on opening; one
 * that only lacks its line end is completed. Numbers that JSON cannot hold are the strings `"NaN"`, `"Infinity"` and
 * `"-Infinity"`.
 *
 * @param path the file; folders are made
 * @returns an observer that owns the file until `complete()` or `close()`
 * @throws LoopwrightError naming the path if it cannot be opened; from `next` if it cannot be written
 * @example
 * metrics.subscribe(jsonLines('runs/baseline/metrics.jsonl'));
 * metrics.next({ step: 1, 'train.loss': loss });
 * metrics.complete();
 */
export function jsonLines(path: string, options?: FileSinkOptions): FileSink {
  const check = checker('logging', 'jsonLines');
  const { existing } = check.options(options, ['existing']);
  const replaces = replacesExisting(check, existing);
  const file = new AppendFile(check, path);
  repairEnd(file);
  return fileSink(file, new JsonLinesFile(check, file, replaces ? 0 : undefined));
}

class JsonLinesFile implements RecordFile {
  private readonly check: Checker;
  private readonly file: AppendFile;
  /** What is left of the file when the next record is written; undefined if all. */
  private kept: number | undefined;

  constructor(check: Checker, file: AppendFile, kept: number | undefined) {
    this.check = check;
    this.file = file;
    this.kept = kept;
  }

  append(record: PlainRecord): void {
    if (this.kept !== undefined) this.file.truncate(this.kept);
    this.kept = undefined;
    this.file.append(`${JSON.stringify(jsonRecord(record))}\n`);
  }

  stateDict(): StateDict {
    return { version: 1, bytes: this.kept ?? this.file.size };
  }

  loadStateDict(state: StateDict): void {
    const saved = checkState(this.check, state, 1, ['bytes']);
    const bytes = this.check.integer('state.bytes', saved.bytes, { min: 0 });
    this.kept = keptOf(this.check, this.file, bytes, 'bytes', this.file.size);
  }
}

function repairEnd(file: AppendFile): void {
  const start = lastLineStart(file);
  if (start === file.size) return;
  if (isRecord(file.readBytes(start, file.size).toString())) file.append('\n');
  else file.truncate(start);
}

/** The position after the last line end. */
function lastLineStart(file: AppendFile): number {
  for (let end = file.size; end > 0; end -= CHUNK) {
    const start = Math.max(0, end - CHUNK);
    const at = file.readBytes(start, end).lastIndexOf(NEWLINE);
    if (at !== -1) return start + at + 1;
  }
  return 0;
}

function isRecord(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
