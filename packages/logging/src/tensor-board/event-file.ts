import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Checker } from '@loopwright/core';
import {
  encodeFileStart,
  encodeSessionStart,
  encodeSummary,
  type SummaryValue,
} from '@loopwright/event-files';
import { AppendFile } from '../append-file.ts';
import { eventFilesIn } from './read-folder.ts';

/** Milliseconds since 1970. */
export type Clock = () => number;

/** A stretch of training without interruption. */
export interface Session {
  /** The step that it starts at: what was written at this step and later before is run again, and void. */
  readonly voidFrom: number;
}

/**
 * An event file of its own in a folder, named so that TensorBoard reads it after those that are there.
 *
 * TensorBoard expects each writer to make a file, and takes a file whose end was cut off for one that may still grow; so
 * nothing that an earlier process has left is touched.
 */
export class EventFile {
  private readonly file: AppendFile;
  private readonly clock: Clock;
  private readonly isFirst: boolean;
  private session: Session | undefined;

  /** Makes the folder and the file. */
  constructor(check: Checker, folder: string, clock: Clock) {
    this.clock = clock;
    const earlier = eventFilesIn(folder);
    this.isFirst = earlier.length === 0;
    this.file = new AppendFile(check, join(folder, newName(earlier, clock())));
    const wallTime = clock() / 1000;
    this.file.append(encodeFileStart({ wallTime }));
    if (this.isFirst) this.file.append(encodeSessionStart({ step: 0, wallTime }));
  }

  /**
   * Writes the values of a step, in one piece.
   *
   * @param session begins here if it is another than before; undefined if nobody has said yet where it starts
   */
  write(step: number, values: readonly SummaryValue[], session: Session | undefined): void {
    const wallTime = this.clock() / 1000;
    const summary = encodeSummary({ step, wallTime, values });
    this.file.append(Buffer.concat([...this.begin(session, wallTime), summary]));
    this.session = session ?? this.session;
  }

  /** Flushes it to the disk. */
  flush(): void {
    this.file.flush();
  }

  close(): void {
    this.file.close();
  }

  private begin(session: Session | undefined, wallTime: number): Uint8Array[] {
    if (session === undefined || session === this.session) return [];
    if (this.session === undefined && this.isFirst) return []; // It began when the file was opened.
    // Twice, because TensorBoard takes the first of a folder for the beginning of the run, and other writers write none.
    const start = encodeSessionStart({ step: session.voidFrom, wallTime });
    return [start, start];
  }
}

let opened = 0;

/** Later in the order than every earlier one, also if the clock has not moved since. */
function newName(earlier: readonly string[], milliseconds: number): string {
  const times = earlier.map((name) => Number(/tfevents\.(\d{10})\./.exec(name)?.[1] ?? 0));
  const seconds = Math.max(Math.floor(milliseconds / 1000), ...times.map((time) => time + 1));
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}.${process.pid}.${opened++}`;
}
