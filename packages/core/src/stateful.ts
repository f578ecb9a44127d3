import type { Checker } from './check.ts';
import { show } from './errors.ts';
import type { TensorValue } from './tensor-value.ts';
import { isTensorValue } from './tensor-value.ts';

/** What a state may hold: JSON values (non-finite numbers too), tensors' values, and records or lists of these. */
export type StateValue =
  | null
  | boolean
  | number
  | string
  | TensorValue
  | readonly StateValue[]
  | { readonly [key: string]: StateValue };

/** A complete, self-contained copy of an object's state. It holds no tensors, so nobody has to dispose it. */
export interface StateDict {
  /** Version of this state's layout; raised when a field is added, renamed or changes its meaning. */
  readonly version: number;
  readonly [key: string]: StateValue;
}

/**
 * Anything whose progress must survive a restart.
 *
 * `stateDict()` copies: later steps do not change what was returned. `loadStateDict()` is strict: it throws and
 * changes nothing when the version is unknown or a key is missing, unknown or of another type. What was configured
 * with numbers (a step size, a momentum) is part of the state, as in PyTorch, so a differently configured copy goes
 * on exactly as the original would have; functions are not, and stay as constructed.
 */
export interface Stateful {
  stateDict(): StateDict;
  loadStateDict(state: StateDict): void;
}

/**
 * Whether a value has both methods of {@link Stateful}.
 *
 * @example
 * isStateful(new RandomStream(seed)); // true
 */
export function isStateful(value: unknown): value is Stateful {
  const candidate = value as Partial<Stateful> | null | undefined;
  return typeof candidate?.stateDict === 'function' && typeof candidate.loadStateDict === 'function';
}

/**
 * Checks that a state has this version and exactly these keys, before anything is changed.
 * Call it first in every `loadStateDict`.
 *
 * @returns the state itself, whose values are still to be checked
 * @throws LoopwrightError naming the version, or the keys that are missing and those that are unknown
 * @example
 * const { step } = checkState(check, { version: 1, step: 7 }, 1, ['step']);
 * check.integer('state.step', step, { min: 0 }); // 7
 */
export function checkState<K extends string>(
  check: Checker,
  state: StateDict,
  version: number,
  keys: readonly K[],
): StateDict & Record<K, StateValue> {
  if (typeof state !== 'object' || state === null) {
    return check.fail(`state must be a state dictionary, got ${show(state)}`);
  }
  if (state.version !== version) {
    check.fail(`state has version ${show(state.version)}, this release reads version ${version}`);
  }
  checkKeys(check, 'state', state, ['version', ...keys]);
  return state as StateDict & Record<K, StateValue>;
}

/**
 * Checks that a record has exactly these keys.
 *
 * @param what the record's name in the message
 * @throws LoopwrightError naming the keys that are missing and those that are unknown
 * @example
 * checkKeys(check, 'state.groups', { head: 0.1, backbone: 0.01 }, ['backbone', 'head']);
 */
export function checkKeys(check: Checker, what: string, record: object, expected: readonly string[]): void {
  const missing = expected.filter((key) => !Object.hasOwn(record, key));
  const unknown = Object.keys(record).filter((key) => !expected.includes(key));
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    missing.length === 0 ? '' : `missing ${list(missing)}`,
    unknown.length === 0 ? '' : `unknown ${list(unknown)}`,
  ].filter((part) => part !== '');
  check.fail(`${what} does not fit: ${parts.join('; ')}`);
}

/**
 * Reads a record of a state.
 *
 * @param what the record's name in the message
 * @throws LoopwrightError if it is anything else, a list and a tensor's value included
 * @example
 * stateRecord(check, 'state.counts', { train: 3 }); // { train: 3 }
 */
export function stateRecord(
  check: Checker,
  what: string,
  value: StateValue | undefined,
): Readonly<Record<string, StateValue>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isTensorValue(value)) {
    return check.fail(`${what} must be a record, got ${show(value)}`);
  }
  return value as Readonly<Record<string, StateValue>>;
}

function list(names: readonly string[]): string {
  const shown = names
    .slice(0, 6)
    .map((name) => show(name))
    .join(', ');
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
