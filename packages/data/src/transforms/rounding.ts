/**
 * Rounds as Python and PyTorch do: a number halfway between two integers becomes the even one.
 *
 * @example
 * [0.5, 1.5, 2.5].map(roundHalfEven); // [0, 2, 2]
 */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
