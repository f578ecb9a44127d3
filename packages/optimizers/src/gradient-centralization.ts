import { mean, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** The axes over which a parameter's gradient is centralized; none leaves it as it is. */
export type CentralizationAxes = (name: string, shape: readonly number[]) => readonly number[];

/**
 * The axes that lead to one output of a tf.layers weight: all but the last for kernels `[…, in, out]` of dense and
 * convolution layers, height and width for a depthwise kernel `[height, width, in, multiplier]`, which is known by its
 * name. Biases and scales have none. (A transposed convolution's kernel is `[height, width, out, in]` under the name of
 * any other; give Ranger axes of your own for it.)
 *
 * @example
 * centralizationAxes('conv2d_1/kernel', [3, 3, 16, 32]); // [0, 1, 2]
 * centralizationAxes('separable_1/depthwise_kernel', [3, 3, 16, 1]); // [0, 1]
 */
export function centralizationAxes(name: string, shape: readonly number[]): readonly number[] {
  if (shape.length < 2) return [];
  const inputs = /(^|\/)depthwise_kernel$/.test(name) ? 2 : shape.length - 1;
  return Array.from({ length: inputs }, (_, axis) => axis);
}

/**
 * `g - mean(g)` over some axes, so that the gradient of every output's weights has mean zero.
 * After Yong et al., "Gradient Centralization" (ECCV 2020).
 *
 * @param gradient borrowed
 * @param axes as of {@link centralizationAxes}
 * @returns a new tensor, or the gradient itself if there are no axes
 * @example
 * const gradient = tf.tensor2d([[1, 2], [3, 6]]);
 * centralizeGradient(gradient, [0]).arraySync(); // [[-1, -2], [1, 2]]
 */
export function centralizeGradient(gradient: Tensor, axes: readonly number[]): Tensor {
  return axes.length === 0 ? gradient : tidy(() => sub(gradient, mean(gradient, [...axes], true)));
}
