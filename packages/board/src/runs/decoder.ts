import type { Records } from './records.ts';

/** Reads the bytes of one file, which come in pieces, into records. */
export interface Decoder {
  take(bytes: Uint8Array): void;
  /** What of the file could not be read so far, in words. */
  readonly problem: string | undefined;
  /** Whether the file ends within a record: it is being written, or was cut off. */
  readonly isUnfinished: boolean;
}

export type DecoderFactory = (records: Records) => Decoder;
