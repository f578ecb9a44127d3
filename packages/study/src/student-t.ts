/**
 * The probability that a variable of Student's t distribution lies between −t and t, as a function of the angle
 * `θ = arctan(t / √df)`: the finite series of Abramowitz and Stegun, "Handbook of Mathematical Functions",
 * 26.7.3 and 26.7.4.
 *
 * @param degreesOfFreedom an integer of at least 1
 */
function centralProbability(angle: number, degreesOfFreedom: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = degreesOfFreedom % 2;
  let term = odd ? cosine : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let power = 2 + odd; power <= degreesOfFreedom - 2; power += 2) {
    term *= (cosine ** 2 * (power - 1)) / power;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/**
 * The t for which a variable of Student's t distribution lies between −t and t with the given probability: 2.262… for
 * 0.95 and 9 degrees of freedom.
 *
 * @param probability above 0 and below 1
 * @param degreesOfFreedom an integer of at least 1
 */
export function centralQuantile(probability: number, degreesOfFreedom: number): number {
  let [low, high] = [0, Math.PI / 2];
  // Each round halves the interval; after 60 it is narrower than the numbers in it are apart.
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degreesOfFreedom) < probability) low = middle;
    else high = middle;
  }
  return Math.sqrt(degreesOfFreedom) * Math.tan((low + high) / 2);
}
