import { LoopwrightError, show, type Where } from './errors.ts';

/**
 * Argument checks for one subject, made by {@link checker}. Each returns the value it was given, so that a constructor
 * reads as a list of assignments, and throws a {@link LoopwrightError} naming package, subject, argument and value
 * otherwise.
 */
export interface Checker {
  readonly where: Where;
  /** Throws with this subject's prefix. */
  fail(message: string, options?: ErrorOptions): never;
  /** Refuses keys that are not in `known`, naming the nearest known one. */
  options<T extends object>(options: T | undefined, known: readonly (keyof T & string)[]): T;
  number(argument: string, value: unknown, range?: NumberRange): number;
  integer(argument: string, value: unknown, range?: NumberRange): number;
  /** An integer of at least 1. */
  positiveInteger(argument: string, value: unknown): number;
  boolean(argument: string, value: unknown): boolean;
  string(argument: string, value: unknown): string;
  func<T>(argument: string, value: T): T;
  oneOf<T extends string>(argument: string, value: unknown, allowed: readonly T[]): T;
}

/** Bounds of a number: `min`/`max` are included, `above`/`below` are not. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

/**
 * Makes the {@link Checker} for one class or function of one package.
 *
 * @param packageName without the scope, for example `schedulers`
 * @param subject the name that the user called
 * @example
 * function stepDecay(options: { stepSize: number }) {
 *   const check = checker('schedulers', 'StepLR');
 *   const { stepSize } = check.options(options, ['stepSize']);
 *   return check.positiveInteger('stepSize', stepSize);
 * }
 * stepDecay({ stepSize: 30 }); // 30
 */
export function checker(packageName: string, subject: string): Checker {
  const where: Where = { package: packageName, subject };
  const fail = (message: string, options?: ErrorOptions): never => {
    throw new LoopwrightError(where, message, options);
  };
  const must = (argument: string, what: string, value: unknown): never =>
    fail(`${argument} must be ${what}, got ${show(value)}`);

  const numeric =
    (kind: 'number' | 'integer') =>
    (argument: string, value: unknown, range: NumberRange = {}) => {
      const fits =
        typeof value === 'number' &&
        (kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value));
      if (!fits || !inRange(value, range)) return must(argument, describeNumber(kind, range), value);
      return value;
    };
  const integer = numeric('integer');

  return {
    where,
    fail,
    options(options, known) {
      if (options === undefined) return {} as never;
      if (typeof options !== 'object' || options === null) must('options', 'an object', options);
      for (const key of Object.keys(options)) {
        if (!(known as readonly string[]).includes(key)) fail(unknownOption(key, known));
      }
      return options;
    },
    number: numeric('number'),
    integer,
    positiveInteger: (argument, value) => integer(argument, value, { min: 1 }),
    boolean: (argument, value) =>
      typeof value === 'boolean' ? value : must(argument, 'true or false', value),
    string: (argument, value) =>
      typeof value === 'string' && value !== '' ? value : must(argument, 'a non-empty string', value),
    func: (argument, value) => (typeof value === 'function' ? value : must(argument, 'a function', value)),
    oneOf: (argument, value, allowed) =>
      (allowed as readonly unknown[]).includes(value)
        ? (value as never)
        : must(argument, `one of ${allowed.map(show).join(', ')}`, value),
  };
}

function inRange(value: number, { min, max, above, below }: NumberRange): boolean {
  return (
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

function describeNumber(kind: 'number' | 'integer', { min, max, above, below }: NumberRange): string {
  if (kind === 'integer' && min === 1 && max === undefined && below === undefined)
    return 'a positive integer';
  const bounds = [
    min === undefined ? '' : `at least ${min}`,
    above === undefined ? '' : `greater than ${above}`,
    max === undefined ? '' : `at most ${max}`,
    below === undefined ? '' : `less than ${below}`,
  ].filter((bound) => bound !== '');
  const noun = kind === 'integer' ? 'an integer' : 'a finite number';
  return bounds.length === 0 ? noun : `${noun} ${bounds.join(' and ')}`;
}

function unknownOption(key: string, known: readonly string[]): string {
  const near = known.find(
    (name) => editDistance(name.toLowerCase(), key.toLowerCase().replace(/_/g, '')) <= 2,
  );
  const hint = near === undefined ? `known options: ${known.join(', ') || 'none'}` : `did you mean ${near}?`;
  return `unknown option ${show(key)} (${hint})`;
}

/** Levenshtein distance, for the hint in {@link unknownOption}. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
