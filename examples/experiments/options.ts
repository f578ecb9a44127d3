import { parseArgs } from 'node:util';

type Value = string | number | false;

/** What every run is told. */
export interface RunOptions {
  /** The folder that is written: checkpoints, logs, results. Started again with it, the experiment goes on. */
  readonly run: string;
  /** Each seed is a whole run of all stages. TensorFlow.js takes a seed of 0 for none, so they start at 1. */
  readonly seeds: readonly number[];
}

/** What every experiment is told. */
export interface CommonOptions extends RunOptions {
  /** The folder with the data set's files. */
  readonly path: string;
  /** Whether the results go into `docs/experiments` when all is done. */
  readonly publish: boolean;
  /** The experiment's own options that are not at their defaults. */
  readonly changed: Readonly<Record<string, Value>>;
}

/**
 * Reads the command line: `--path`, `--run`, `--seeds 1,2,3`, `--publish`, and the experiment's own options, each by its
 * default. A number stays a number; a boolean is false by default.
 */
export function readOptions<T extends Readonly<Record<string, Value>>>(
  name: string,
  defaults: T & { readonly seeds?: string },
): Omit<Widened<T>, 'seeds'> & CommonOptions {
  const { seeds = '1', ...own } = defaults;
  const known: Record<string, Value> = {
    path: '',
    run: `runs/${name}`,
    seeds,
    publish: false,
    ...own,
  };
  const usage = `usage: node --import tsx examples/${name}.ts ${Object.entries(known).map(describe).join(' ')}`;
  const values = parse(known, usage);
  const read = Object.fromEntries(
    Object.entries(known).map(([option, otherwise]) => [
      option,
      convert(option, values[option], otherwise, usage),
    ]),
  );
  if (read.path === '') return stop('--path FOLDER is missing: where the data set lies', usage);
  const list = String(read.seeds).split(',').map(Number);
  if (!list.every((seed) => Number.isSafeInteger(seed) && seed > 0)) {
    return stop(`--seeds must be positive integers as 1,2,3, got ${read.seeds}`, usage);
  }
  const changed = Object.fromEntries(
    Object.keys(own).flatMap((option) => (read[option] === own[option] ? [] : [[option, read[option]]])),
  );
  return { ...read, seeds: list, changed } as unknown as Omit<Widened<T>, 'seeds'> & CommonOptions;
}

/** The options' types, by their defaults. */
type Widened<T> = {
  readonly [K in keyof T]: T[K] extends number ? number : T[K] extends boolean ? boolean : string;
};

function parse(known: Readonly<Record<string, Value>>, usage: string): Record<string, unknown> {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, value]) => [
      name,
      { type: typeof value === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return stop((error as Error).message, usage);
  }
}

function convert(name: string, value: unknown, otherwise: Value, usage: string): Value {
  if (value === undefined) return otherwise;
  if (typeof otherwise !== 'number') return value as Value;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0
    ? number
    : stop(`--${name} must be a number, got ${value}`, usage);
}

function describe([name, otherwise]: readonly [string, Value]): string {
  if (typeof otherwise === 'boolean') return `[--${name}]`;
  return otherwise === '' ? `--${name} ${name.toUpperCase()}` : `[--${name} ${otherwise}]`;
}

function stop(message: string, usage: string): never {
  console.error(`${message}\n${usage}`);
  process.exit(2);
}
