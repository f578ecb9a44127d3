import type { RandomStream } from '@loopwright/core';

/**
 * A sample of the symmetric beta distribution, from 0 to 1.
 *
 * It is the share of the first of two gamma variates; the logarithms of these are compared, so a small `alpha`, whose
 * variates are too small for a float, gives 0 or 1 and not NaN.
 *
 * @param alpha both parameters, above 0
 */
export function betaSample(stream: RandomStream, alpha: number): number {
  const [first, second] = [logGammaSample(stream, alpha), logGammaSample(stream, alpha)];
  return 1 / (1 + Math.exp(second - first));
}

/** The logarithm of a gamma variate, by Marsaglia and Tsang's method (2000); below 1 by their power of a uniform. */
function logGammaSample(stream: RandomStream, alpha: number): number {
  if (alpha < 1) return logGammaSample(stream, alpha + 1) + Math.log(1 - stream.uniform()) / alpha;
  const d = alpha - 1 / 3;
  for (;;) {
    const x = stream.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - stream.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
