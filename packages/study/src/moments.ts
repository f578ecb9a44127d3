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

/** Pearson's correlation of two lists of equal length, from −1 to 1; NaN if one has equal values. */
export function correlationOf(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const covariance =
    sum(a.map((value, index) => (value - meanA) * ((b[index] as number) - meanB))) / (a.length - 1);
  const correlation = covariance / Math.sqrt(varianceOf(a) * varianceOf(b));
  return Math.min(1, Math.max(-1, correlation));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
