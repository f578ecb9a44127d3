import type { EventRecord } from './event-record.ts';

/** Where and why the reading of a file has ended. */
export interface Damage {
  /** The position in the file, in bytes, of the first record that cannot be read. */
  readonly position: number;
  readonly reason: string;
}

/** Options of {@link EventFileReader}. */
export interface EventFileReaderOptions {
  /** A record that says it is longer counts as damage; 256 MiB by default. */
  readonly maxRecordBytes?: number;
}

/**
 * Reads an event file piece by piece, also while somebody writes it.
 *
 * A record whose end is not there yet comes with a later piece. A record that is damaged ends the reading of its file, as it
 * does in TensorBoard: everything before it counts, and {@link damage} says what is wrong.
 */
export class EventFileReader {
  constructor(options?: EventFileReaderOptions) {
    void options;
  }

  /** How many bytes have been given: where the next piece begins. */
  get position(): number {
    return 0;
  }

  /** What ended the reading; undefined as long as all is well. */
  get damage(): Damage | undefined {
    return undefined;
  }

  /** Takes the next bytes of the file, of any number, and returns the values that are complete now. */
  read(bytes: Uint8Array): EventRecord[] {
    void bytes;
    return [];
  }
}
