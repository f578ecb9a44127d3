import { checker } from '@loopwright/core';
import { ByteQueue } from './byte-queue.ts';
import { decodeEvent } from './decode-event.ts';
import type { PluginOfTag } from './decode-summary-value.ts';
import type { EventRecord } from './event-record.ts';
import { MalformedBytes } from './malformed-bytes.ts';
import { type Frame, readFrame } from './record-framing.ts';

/** Where and why the reading of a file has ended. */
export interface Damage {
  /** The position in the file, in bytes, of the first record that cannot be read. */
  readonly position: number;
  readonly reason: string;
}

/** Options of {@link EventFileReader}. */
export interface EventFileReaderOptions {
  /** A record that says it is longer counts as damage; 64 MiB by default. */
  readonly maxRecordBytes?: number;
}

const check = checker('event-files', 'EventFileReader');

/**
 * Reads an event file piece by piece, also while somebody writes it.
 *
 * A record whose end is not there yet comes with a later piece. A record that is damaged ends the reading of its file, as it
 * does in TensorBoard: everything before it counts, and {@link damage} says what is wrong. Whatever the bytes are, nothing is
 * thrown, and what is kept is of the order of what was given.
 *
 * @throws LoopwrightError if an option is unknown or unfit
 * @example
 * const file = Buffer.concat([
 *   encodeFileStart({ wallTime: 0 }),
 *   encodeSummary({ step: 1, wallTime: 0.5, values: [{ kind: 'scalar', tag: 'loss', value: 0.25 }] }),
 * ]);
 * const reader = new EventFileReader();
 * reader.read(file.subarray(0, 60)); // [{ step: 0, wallTime: 0, kind: 'version', value: 'brain.Event:2' }]
 * reader.read(file.subarray(60)); // [{ step: 1, wallTime: 0.5, kind: 'scalar', tag: 'loss', value: 0.25 }]
 */
export class EventFileReader {
  private readonly maxRecordBytes: number;
  private readonly plugins: PluginOfTag = new Map();
  private readonly rest = new ByteQueue();
  private given = 0;
  private damaged: Damage | undefined;

  constructor(options?: EventFileReaderOptions) {
    const { maxRecordBytes = 2 ** 26 } = check.options(options, ['maxRecordBytes']);
    this.maxRecordBytes = check.positiveInteger('maxRecordBytes', maxRecordBytes);
  }

  /** How many bytes have been given: where the next piece begins. */
  get position(): number {
    return this.given;
  }

  /** How many of these belong to a record whose end is not there yet. */
  get pendingBytes(): number {
    return this.rest.bytes.length;
  }

  /** What ended the reading; undefined as long as all is well. */
  get damage(): Damage | undefined {
    return this.damaged;
  }

  /**
   * Takes the next bytes of the file, of any number, and returns the values that are complete now; none after damage.
   *
   * @param bytes borrowed
   */
  read(bytes: Uint8Array): EventRecord[] {
    this.given += bytes.length;
    if (this.damaged !== undefined) return [];
    this.rest.append(bytes);
    const waiting = this.rest.bytes;
    const first = this.given - waiting.length;
    const records: EventRecord[] = [];
    let start = 0;
    try {
      for (let frame = this.frame(waiting, 0); frame !== undefined; frame = this.frame(waiting, start)) {
        for (const record of decodeEvent(frame.data, this.plugins)) records.push(record);
        start = frame.end;
      }
      this.rest.drop(start);
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      this.damaged = { position: first + start, reason: error.message };
      this.rest.clear();
    }
    return records;
  }

  private frame(bytes: Uint8Array, start: number): Frame | undefined {
    return readFrame(bytes, start, this.maxRecordBytes);
  }
}
