/** The mean, corrected by the mean of what is left: equal values have themselves as their mean, to the last bit. */
export function meanOf(values: readonly number[]): number {
  const rough = sum(values) / values.length;
  return rough + sum(values.map((value) => value - rough)) / values.length;
}

/** The sample variance, with n − 1 in the denominator; NaN for one value. */
export function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
