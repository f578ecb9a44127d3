import type { Figure } from './answers.ts';

/** A number as JSON can hold it. */
export function figure(value: number | undefined): Figure {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : (String(value) as Figure);
}
