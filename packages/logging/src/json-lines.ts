import { checker } from '@loopwright/core';
import { AppendFile } from './append-file.ts';
import { type FileSink, fileSink } from './file-sink.ts';
import { jsonRecord } from './json-record.ts';

const NEWLINE = 0x0a;
const CHUNK = 64 * 1024;

/**
 * Writes each record as one line of JSON.
 *
 * The file is appended to, so a resumed run continues it. A last line that a crash has cut off is removed on opening; one
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
export function jsonLines(path: string): FileSink {
  const check = checker('logging', 'jsonLines');
  const file = new AppendFile(check, path);
  repairEnd(file);
  return fileSink(file, (record) => file.append(`${JSON.stringify(jsonRecord(record))}\n`));
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
