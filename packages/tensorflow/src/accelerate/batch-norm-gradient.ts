import { add, mean, moments, mul, rsqrt, sub, sum, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The gradients of a training batch normalization with respect to input, scale and offset, in ops that have gradients
 * themselves:
 *
 *     x̂ = (x − μ) / √(σ² + ε)
 *     dx = scale / √(σ² + ε) · (dy − mean(dy) − x̂ · mean(dy · x̂)),  dscale = Σ dy · x̂,  doffset = Σ dy
 *
 * over all axes but the last.
 */
export function batchNormGradient(
  dy: Tensor,
  x: Tensor,
  scale: Tensor,
  epsilon: number,
): [x: Tensor, scale: Tensor, offset: Tensor] {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const { mean: center, variance } = moments(x, axes);
  const inverseDeviation = rsqrt(add(variance, epsilon));
  const normalized = mul(sub(x, center), inverseDeviation);
  const slope = mul(dy, normalized);
  const centered = sub(sub(dy, mean(dy, axes)), mul(normalized, mean(slope, axes)));
  return [mul(mul(scale, inverseDeviation), centered), sum(slope, axes), sum(dy, axes)];
}
