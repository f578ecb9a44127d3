import type { Option } from './options.ts';
import type { MeasuredRow } from './row.ts';

/** Whose a participant is: stock TensorFlow.js, Loopwright, PyTorch, or what the machine allows at best. */
export type Side = 'stock' | 'ours' | 'pytorch' | 'limit';

/** What convolutions and matrix products are computed in. */
export type Precision = 'float32' | 'bfloat16';

/** A program to start, which prints one line of JSON: a {@link Measurement}. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** What is added to the environment, or taken out of it where undefined. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What to type if the command does not exist. */
  readonly remedy?: string;
}

/** One way to do the work. */
export interface Participant {
  readonly name: string;
  readonly side: Side;
  /** Where it matters: rows of one precision are also compared among themselves. */
  readonly precision?: Precision;
  readonly program: Program;
}

/** A figure drawn from the rows of a case. */
export interface Conclusion {
  readonly what: string;
  readonly value: number;
  readonly unit: '×' | '%' | 'ms';
  /** The least and the largest of the rounds, where rounds were compared one by one. */
  readonly range?: readonly [low: number, high: number];
}

/** The same work done by several participants: one table. */
export interface Case {
  readonly title: string;
  /** What one step works on, for a column of how many a second. */
  readonly items?: { readonly name: string; readonly perStep: number };
  readonly participants: readonly Participant[];
  /** What the rows say; by default how the best of ours compares with the best of each other side. */
  readonly conclude?: (rows: readonly MeasuredRow[]) => Conclusion[];
}

/** The options that a benchmark takes, by name. */
export type OptionSpecs = Readonly<Record<string, Option<unknown>>>;

export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never;
};

/** What a file of `test/bench/benchmarks` exports as `default`. Its name is the file's. */
export interface Benchmark<S extends OptionSpecs = OptionSpecs> {
  /** A line for the list of benchmarks. */
  readonly summary: string;
  readonly options: S;
  /** Its tables. `seconds` is how long the timed steps of a turn last. */
  cases(options: OptionValues<S> & { readonly seconds: number }): Case[];
}

/** Gives a benchmark its type. */
export function defineBenchmark<const S extends OptionSpecs>(benchmark: Benchmark<S>): Benchmark<S> {
  return benchmark;
}
