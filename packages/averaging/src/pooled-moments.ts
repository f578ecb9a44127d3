/** Mean and population variance of `count` samples, a value a channel. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/**
 * The moments of two groups of samples taken together, without cancellation: the pairwise formula of Chan, Golub
 * and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
 *
 *     δ = mean_b − mean_a,  n = n_a + n_b
 *     mean = mean_a + δ · n_b / n
 *     variance = (n_a · variance_a + n_b · variance_b) / n + δ² · n_a · n_b / n²
 */
export function poolMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  const [shareA, shareB] = [a.count / count, b.count / count];
  const delta = b.mean.map((mean, channel) => mean - (a.mean[channel] as number));
  return {
    count,
    mean: a.mean.map((mean, channel) => mean + (delta[channel] as number) * shareB),
    variance: a.variance.map(
      (variance, channel) =>
        variance * shareA +
        (b.variance[channel] as number) * shareB +
        (delta[channel] as number) ** 2 * shareA * shareB,
    ),
  };
}
