import { type Checker, show } from '@loopwright/core';
import type { Fill } from './functional/fill.ts';
import type { Size } from './functional/resize-image.ts';

/** A size in pixels: a square's side, or height and width. */
export type SizeOption = number | readonly [height: number, width: number];

/** A range that a number is drawn from evenly. */
export type Range = readonly [low: number, high: number];

/** Reads a square's side, or height and width. */
export function readSize(check: Checker, argument: string, value: SizeOption): Size {
  const [height, width] = Array.isArray(value) ? pair(check, argument, value) : [value, value];
  return {
    height: check.positiveInteger(argument, height),
    width: check.positiveInteger(argument, width),
  };
}

/** Reads a list of two numbers, the first not above the second, both within the bounds. */
export function readRange(
  check: Checker,
  argument: string,
  value: Range,
  bounds: { readonly min?: number; readonly max?: number; readonly above?: number } = {},
): Range {
  const [low, high] = pair(check, argument, value);
  check.number(`${argument}[0]`, low, bounds);
  check.number(`${argument}[1]`, high, { ...bounds, min: low as number });
  return value;
}

/** Reads a range, or a number x that stands for −x to x. */
export function readRangeAround(
  check: Checker,
  argument: string,
  value: number | Range,
  max = Infinity,
): Range {
  const bound = max === Infinity ? {} : { max };
  if (typeof value !== 'number') return readRange(check, argument, value, { min: -max, ...bound });
  check.number(argument, value, { min: 0, ...bound });
  return [-value, value];
}

/** Reads a probability. */
export function readProbability(check: Checker, value: number): number {
  return check.number('p', value, { min: 0, max: 1 });
}

/** Reads a colour: one byte, or one a channel. */
export function readFill(check: Checker, argument: string, value: Fill): Fill {
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0) check.fail(`${argument} must not be empty`);
  for (const byte of values) check.integer(argument, byte, { min: 0, max: 255 });
  return value;
}

/** Reads what stays where it is: two numbers, or nothing for the image's centre. */
export function readCenter(check: Checker, value: readonly [x: number, y: number] | undefined): void {
  if (value === undefined) return;
  for (const coordinate of pair(check, 'center', value)) check.number('center', coordinate);
}

/** A list of two values of any kind. */
export function pair(check: Checker, argument: string, value: unknown): readonly [unknown, unknown] {
  if (Array.isArray(value) && value.length === 2) return value as [unknown, unknown];
  return check.fail(`${argument} must be a list of two numbers, got ${show(value)}`);
}
