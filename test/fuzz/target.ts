import { LoopwrightError } from '@loopwright/core';

/** A parser of files that may come from anywhere. */
export interface Target {
  readonly name: string;
  /** Files as they should be, small ones. */
  seeds(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** Pieces that mean something in the format, one character a byte. */
  readonly dictionary?: readonly string[];
  /** Puts checksums right, so that what stands behind them is reached. */
  repair?(bytes: Uint8Array): Uint8Array;
  /**
   * Reads the bytes and frees whatever that holds. Rejects or throws if they are refused.
   *
   * @returns what was read; inputs whose results look different are worth keeping
   */
  parse(bytes: Uint8Array): unknown;
  /** Whether an error is the parser's own way to refuse a file; a `LoopwrightError` if it is not given. */
  isRefusal?(error: unknown): boolean;
}

/** Something that must not come of any file, and is no error of the parser's. */
export class Violation extends Error {}

/** Whether a parser has refused a file as it says that it does. */
export function isRefusal(target: Target, error: unknown): boolean {
  if (error instanceof Violation) return false;
  return target.isRefusal === undefined ? error instanceof LoopwrightError : target.isRefusal(error);
}

/** One character a byte. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** As the parsers of text do it. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
