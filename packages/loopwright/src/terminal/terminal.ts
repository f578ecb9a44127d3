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
  return parse({ args, options, strict: true, allowPositionals: false } as const).values as Values<T>;
}

/** Reads a command's options and the one word that it needs, of which `name` is said where it is missing. */
export function readSubject<T extends Flags>(
  args: string[],
  name: string,
  options: T,
): { readonly subject: string; readonly options: Values<T> } {
  const { values, positionals } = parse({ args, options, strict: true, allowPositionals: true } as const);
  const [subject, surplus] = positionals;
  if (subject === undefined) throw new UsageError(`${name} is missing`);
  if (surplus !== undefined) throw new UsageError(`there is a word too many, "${surplus}"`);
  return { subject, options: values as Values<T> };
}

function parse<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}
