import { type Checker, checkKeys, type NumberRange, type StateValue, stateRecord } from '@loopwright/core';

/** What every optimizer has. */
export interface CommonHyperParameters {
  /** At least 0. What schedulers set. */
  learningRate: number;
  /** At least 0; what it does is the rule's business (L2 term of the gradient, or decoupled decay). */
  weightDecay: number;
  /** Climbs the gradient instead of descending it. */
  maximize: boolean;
}

/** Default of one hyper-parameter, and the range it must lie in. */
export type HyperParameterSpec<T> = T extends boolean
  ? { readonly default: boolean }
  : { readonly default: number; readonly range: NumberRange; readonly integer?: true };

/** Every hyper-parameter of a rule. Construction, live reading, saving and loading all derive from this table. */
export type HyperParameterTable<H> = { readonly [K in keyof H]-?: HyperParameterSpec<H[K]> };

/** Numbers from 0 up. */
export const nonNegative: NumberRange = { min: 0 };

/** Smoothing constants: from 0 up to, but not including, 1. */
export const belowOne: NumberRange = { min: 0, below: 1 };

/**
 * The rows of {@link CommonHyperParameters}, for the table of a rule.
 *
 * @param defaults the rule's own default learning rate and weight decay
 * @example
 * const { learningRate } = commonHyperParameters({ learningRate: 1e-3, weightDecay: 0 });
 * learningRate.default; // 0.001
 */
export function commonHyperParameters(defaults: { learningRate: number; weightDecay: number }) {
  return {
    learningRate: { default: defaults.learningRate, range: nonNegative },
    weightDecay: { default: defaults.weightDecay, range: nonNegative },
    maximize: { default: false },
  } as const;
}

/** The names of a table's hyper-parameters. */
export function hyperParameterNames<H>(table: HyperParameterTable<H>): (keyof H & string)[] {
  return Object.keys(table) as (keyof H & string)[];
}

/** The defaults of a table. */
export function defaultHyperParameters<H>(table: HyperParameterTable<H>): H {
  return mapTable(table, (_, spec) => spec.default);
}

/** Reads and checks every hyper-parameter of a table from an object that may hold more; `prefix` leads the messages. */
export function readHyperParameters<H>(
  check: Checker,
  prefix: string,
  table: HyperParameterTable<H>,
  values: object,
): H {
  const given = values as Readonly<Record<string, unknown>>;
  return mapTable(table, (name, spec) =>
    'range' in spec
      ? check[spec.integer ? 'integer' : 'number'](prefix + name, given[name], spec.range)
      : check.boolean(prefix + name, given[name]),
  );
}

/**
 * Reads the hyper-parameters of a state: exactly those of the table, of the right types. Their ranges are not checked
 * here but at the next step: a schedule may end on a rate that no step uses, and such a run must still load.
 */
export function loadHyperParameters<H>(
  check: Checker,
  what: string,
  table: HyperParameterTable<H>,
  value: StateValue | undefined,
): H {
  const values = stateRecord(check, what, value);
  checkKeys(check, what, values, Object.keys(table));
  return mapTable(table, (name, spec) =>
    'range' in spec
      ? check.number(`${what}.${name}`, values[name])
      : check.boolean(`${what}.${name}`, values[name]),
  );
}

type AnySpec = HyperParameterSpec<number> | HyperParameterSpec<boolean>;

function mapTable<H>(table: HyperParameterTable<H>, read: (name: string, spec: AnySpec) => unknown): H {
  const rows = Object.entries(table) as [string, AnySpec][];
  return Object.fromEntries(rows.map(([name, spec]) => [name, read(name, spec)])) as H;
}
