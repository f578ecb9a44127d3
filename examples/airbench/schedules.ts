/** A factor of the learning rate: up from a fifth during the first 23 % of the steps, and down to 7 %. */
export function triangle(totalSteps: number): (step: number) => number {
  const peak = Math.floor(0.23 * totalSteps);
  return (step) =>
    step < peak ? 0.2 + (0.8 * step) / peak : 1 - (0.93 * (step - peak)) / (totalSteps - peak);
}

/** How much of the slow weights stays at a step, counted from 1: more and more of them. */
export function lookAheadDecay(totalSteps: number): (step: number) => number {
  return (step) => 0.95 ** 5 * (step / totalSteps) ** 3;
}
