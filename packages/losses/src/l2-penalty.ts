import { checker, type VariableSource } from '@loopwright/core';
import { addN, mul, type Scalar, square, sum, tidy, type Variable } from '@tensorflow/tfjs-core';
import { trainableVariables } from './trainable-variables.ts';

export interface L2PenaltyOptions {
  /** Strength λ, at least 0; 1 by default. */
  readonly lambda?: number;
  /** Which trainable variables are penalized; all by default. */
  readonly select?: (name: string, variable: Variable) => boolean;
}

const check = checker('losses', 'l2Penalty');

/**
 * L2 regularization as a term of the loss: λ/2 · Σ θ², whose gradient is λθ.
 *
 * With plain SGD this equals `weightDecay: λ`; with an adaptive optimizer it is Adam's L2, not AdamW's decoupled decay.
 * A model's own layer regularizers are another thing and stay out of a hand-written loss.
 *
 * @param source a model or variables by name; those that are not trainable are left out
 * @returns a scalar; the caller owns it
 * @throws LoopwrightError if `lambda` is negative, no variable is left, or an option is unknown
 * @example
 * const kernels = (name: string, variable: tf.Variable) => variable.rank > 1;
 * const { value, grads } = tf.variableGrads(() =>
 *   tf.add(crossEntropy(forward(images), labels), l2Penalty(model, { lambda: 1e-4, select: kernels })),
 * );
 */
export function l2Penalty(source: VariableSource, options: L2PenaltyOptions = {}): Scalar {
  check.options(options, ['lambda', 'select']);
  const { lambda = 1, select = () => true } = options;
  check.number('lambda', lambda, { min: 0 });
  check.func('select', select);
  const penalized = Object.entries(trainableVariables(source)).filter(([name, variable]) =>
    select(name, variable),
  );
  if (penalized.length === 0) check.fail('no trainable variable is selected');
  return tidy(() => mul(addN(penalized.map(([, variable]) => sum(square(variable)))), lambda / 2));
}
