import { type Checker, checker, type NumberRange, show } from '@loopwright/core';

/** The rate that a pure schedule starts from. Left out it is 1, and the schedule is a factor. */
export interface BaseLr {
  readonly baseLr?: number;
}

/** Takes `baseLr` out of a pure schedule's options, and returns the others to be read as the scheduler's. */
export function splitBaseLr<Options extends BaseLr>(
  name: string,
  options: Options,
): { check: Checker; baseLr: number; rest: Omit<Options, 'baseLr'> } {
  const check = checker('schedulers', name);
  const { baseLr = 1, ...rest } = { ...options };
  return { check, baseLr: check.number('baseLr', baseLr), rest };
}

/** A number for all groups, or a list of one number a group, as the list. */
export function perGroup(
  check: Checker,
  argument: string,
  value: number | readonly number[] | undefined,
  groupCount: number,
  range: NumberRange = {},
): number[] {
  if (!Array.isArray(value)) {
    return new Array<number>(groupCount).fill(check.number(argument, value, range));
  }
  if (value.length !== groupCount) {
    check.fail(
      `${argument} must have one value for each of ${groupCount} parameter groups, got ${show(value)}`,
    );
  }
  return value.map((item, index) => check.number(`${argument}[${index}]`, item, range));
}

/** A function for all groups, or a list of one function a group, as the list. */
export function functionPerGroup<F extends (...args: never[]) => number>(
  check: Checker,
  argument: string,
  value: F | readonly F[],
  groupCount: number,
): F[] {
  if (typeof value === 'function') return new Array<F>(groupCount).fill(value);
  if (!Array.isArray(value)) return [check.func(argument, value as unknown as F)];
  if (value.length !== groupCount) {
    check.fail(
      `${argument} must have one function for each of ${groupCount} parameter groups, got ${show(value)}`,
    );
  }
  return value.map((item, index) => check.func(`${argument}[${index}]`, item as F));
}

/** How many steps a run has: `totalSteps`, or `epochs` times `stepsPerEpoch`. */
export interface RunLength {
  readonly totalSteps?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
}

/** Reads a {@link RunLength}. `totalSteps` wins, as in PyTorch. */
export function readTotalSteps(check: Checker, { totalSteps, epochs, stepsPerEpoch }: RunLength): number {
  if (totalSteps !== undefined) return check.positiveInteger('totalSteps', totalSteps);
  if (epochs === undefined || stepsPerEpoch === undefined) {
    check.fail('totalSteps, or both epochs and stepsPerEpoch, must be given');
  }
  return check.positiveInteger('epochs', epochs) * check.positiveInteger('stepsPerEpoch', stepsPerEpoch);
}
