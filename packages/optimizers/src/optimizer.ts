import { checker, type HasParamGroups, type Stateful } from '@loopwright/core';
import { hostEffect, hostGuard } from '@loopwright/core/tensors';
import { type Scalar, type Tensor, tidy, variableGrads } from '@tensorflow/tfjs-core';
import type { Gradients } from './gradients.ts';
import type { MatchedGradient, ParameterSet } from './parameter-set.ts';

/**
 * What every optimizer does, whether it computes a rule or wraps another one.
 *
 * It holds tensors of its own (its slots), made at a parameter's first step and freed by `dispose()`; parameters stay
 * their owner's, gradients their giver's.
 */
export interface Optimizer extends HasParamGroups, Stateful {
  readonly parameters: ParameterSet;
  /**
   * Moves every parameter that has a gradient and is not frozen; the others and their slots stay as they are. In a
   * compiled function it is done anew at each call, with the hyper-parameters of that moment.
   *
   * @param gradients by parameter name or variable name, as `tf.variableGrads` returns them; borrowed
   * @throws LoopwrightError, having changed nothing, if a gradient belongs to no parameter or does not fit it, or a
   * hyper-parameter is out of its range
   */
  step(gradients: Gradients): void;
  /**
   * `step` in two halves, for optimizers that wrap this one: checks the hyper-parameters and returns what moves the
   * parameters, to be called at most once and before the gradients are disposed. Nothing has changed until then.
   *
   * @param gradients of parameters that are not frozen, as `parameters.match` finds them
   */
  prepareStep(gradients: readonly MatchedGradient[]): () => void;
  /**
   * Computes the gradients of the parameters that train, steps, and disposes the gradients.
   *
   * @param loss what is to become small; its value is a scalar
   * @returns the loss before the step; the caller owns it
   * @throws Error of TensorFlow.js if the loss is not a scalar or depends on no parameter that trains
   */
  minimize(loss: () => Scalar): Scalar;
  /** Frees the slots and forgets the steps: the optimizer is as new. */
  dispose(): void;
}

/** Whether a value is an {@link Optimizer}. */
export function isOptimizer(value: unknown): value is Optimizer {
  const candidate = value as Partial<Optimizer> | null | undefined;
  return typeof candidate?.prepareStep === 'function' && typeof candidate.step === 'function';
}

/** {@link Optimizer.step} for any optimizer. */
export function step(optimizer: Optimizer, gradients: Gradients): void {
  const matched = optimizer.parameters.match(gradients);
  const given = matched.map(({ gradient }) => gradient);
  hostEffect(given, (current) => {
    const moved = matched.map(({ name, variable }, i) => ({
      name,
      variable,
      gradient: current[i] as Tensor,
    }));
    optimizer.prepareStep(moved)();
  });
}

/** {@link Optimizer.minimize} for any optimizer. */
export function minimize(optimizer: Optimizer, subject: string, loss: () => Scalar): Scalar {
  const check = checker('optimizers', subject);
  const variables = [...optimizer.parameters.trainable().values()];
  hostGuard(() => [...optimizer.parameters.trainable().keys()].join());
  if (variables.length === 0) check.fail('there is nothing to minimize: every parameter is frozen');
  return tidy(() => {
    const { value, grads } = variableGrads(loss, variables);
    optimizer.step(grads);
    return value;
  });
}
