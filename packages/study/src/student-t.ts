/** Nodes and weights of the double exponential quadrature of the integrals from 0 to 1. */
const nodes = doubleExponentialNodes();

/**
 * The probability that a variable of Student's t distribution lies beyond −t and t, the p-value of a two-sided test.
 *
 * With t = √df / tan ψ the density becomes a power of the sine, so that
 *
 *     P(|T| ≥ t) = ∫₀^ψ sin^(df−1) / ∫₀^(π/2) sin^(df−1)
 *
 * @param degreesOfFreedom at least 1, whole or not
 */
export function tailProbability(t: number, degreesOfFreedom: number): number {
  const angle = Math.atan2(Math.sqrt(degreesOfFreedom), Math.abs(t));
  return sineIntegral(angle, degreesOfFreedom) / sineIntegral(Math.PI / 2, degreesOfFreedom);
}

/**
 * The t for which a variable of Student's t distribution lies between −t and t with the given probability: 2.262… for
 * 0.95 and 9 degrees of freedom.
 *
 * @param probability above 0 and below 1
 * @param degreesOfFreedom at least 1, whole or not
 */
export function centralQuantile(probability: number, degreesOfFreedom: number): number {
  const target = (1 - probability) * sineIntegral(Math.PI / 2, degreesOfFreedom);
  let [low, high] = [0, Math.PI / 2];
  // Each round halves the interval; after 60 it is narrower than the numbers in it are apart.
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (sineIntegral(middle, degreesOfFreedom) < target) low = middle;
    else high = middle;
  }
  return Math.sqrt(degreesOfFreedom) / Math.tan((low + high) / 2);
}

/** `∫ sin^(df−1)` from 0 to an angle. */
function sineIntegral(angle: number, degreesOfFreedom: number): number {
  let sum = 0;
  for (const { at, weight } of nodes) sum += weight * Math.sin(angle * at) ** (degreesOfFreedom - 1);
  return angle * sum;
}

/**
 * Takahasi and Mori's rule, "Double exponential formulas for numerical integration" (1974): the trapezoidal rule after
 * `x = 1 / (1 + exp(−π sinh s))`. The step and the range make it exact to some 1e-12 up to 100,000 degrees of freedom.
 */
function doubleExponentialNodes(): readonly { readonly at: number; readonly weight: number }[] {
  const [step, range] = [1 / 32, 4];
  return Array.from({ length: (2 * range) / step + 1 }, (_, index) => {
    const s = index * step - range;
    const exponential = Math.exp(Math.PI * Math.sinh(s));
    const slope = (Math.PI * Math.cosh(s)) / ((1 + exponential) * (1 + 1 / exponential));
    return { at: 1 / (1 + 1 / exponential), weight: step * slope };
  });
}
