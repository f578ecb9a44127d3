import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Where a command writes: results to `stdout`, progress and problems to `stderr`. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Output {
  write(text: string): unknown;
  /** Whether a person watches, and lines may be drawn over. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The command line was not understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Flags = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Flags> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/** Reads a command's options; unknown ones and stray words are refused. */
export function readOptions<T extends Flags>(args: string[], options: T): Values<T> {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}
