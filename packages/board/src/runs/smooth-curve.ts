/**
 * The exponential moving average of a curve, without the pull towards zero that a plain one has at its start, as TensorBoard
 * draws it:
 *
 *     mₜ = weight · mₜ₋₁ + (1 − weight) · yₜ        result = mₜ / (1 − weightᵗ)
 *
 * Values that are not finite stay as they are and do not enter it, and a curve that is constant stays so exactly.
 *
 * @param weight of the past, from 0 (no smoothing) to just below 1
 */
export function smoothCurve(y: ArrayLike<number>, weight: number): Float64Array {
  const smooth = Float64Array.from(y);
  if (weight === 0 || isConstant(smooth)) return smooth;
  let [moment, total] = [0, 0];
  for (let i = 0; i < smooth.length; i++) {
    const value = smooth[i] as number;
    if (!Number.isFinite(value)) continue;
    moment = weight * moment + (1 - weight) * value;
    total = weight * total + (1 - weight);
    smooth[i] = moment / total;
  }
  return smooth;
}

function isConstant(y: Float64Array): boolean {
  return y.every((value) => value === y[0]);
}
