import { checker, type VariableSource } from '@loopwright/core';
import {
  add,
  dispose,
  div,
  type Scalar,
  square,
  type Tensor,
  tidy,
  type Variable,
  variableGrads,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { trainableVariables } from './trainable-variables.ts';

const check = checker('losses', 'empiricalFisher');

/**
 * Diagonal of the empirical Fisher information: how much the loss of the given labels feels each weight.
 *
 *     F_i = mean over batches of (∂ loss / ∂ θ_i)²
 *
 * It is the *empirical* Fisher, of the labels in the data; the true one would draw labels from the model. It is exact for
 * batches of **one** example and a loss that is a negative log-likelihood. A batch of B examples is squared after
 * averaging, where their gradients partly cancel: about B times too small if they are independent. That is a common
 * shortcut, whose factor goes into λ.
 *
 * The loss should run the model in inference mode: a training forward would move running statistics and draw dropout masks.
 *
 * @param source a model or variables by name; the trainable ones are differentiated
 * @param batches anything that can be iterated; what it yields is borrowed, never disposed
 * @param loss mean negative log-likelihood of a batch; what it makes is disposed
 * @returns a tensor for each trainable variable, zeros where the loss does not depend on it; the caller owns them
 * @throws LoopwrightError if there are no batches; what `loss` throws is passed on, and nothing is left behind
 * @example
 * const fisher = await empiricalFisher(model, train, ({ images, labels }) =>
 *   crossEntropy(model.predict(images) as tf.Tensor, labels),
 * );
 */
export async function empiricalFisher<Batch>(
  source: VariableSource,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  loss: (batch: Batch) => Scalar,
): Promise<Record<string, Tensor>> {
  check.func('loss', loss);
  const variables = trainableVariables(source);
  let sums: Record<string, Tensor> = tidy(() => mapValues(variables, (variable) => zerosLike(variable)));
  let count = 0;
  try {
    for await (const batch of batches) {
      const previous = sums;
      sums = addSquaredGradients(previous, variables, () => loss(batch));
      dispose(previous);
      count += 1;
    }
    if (count === 0) check.fail('batches must yield at least one batch, got none');
    return tidy(() => mapValues(sums, (total) => div(total, count)));
  } finally {
    dispose(sums);
  }
}

function addSquaredGradients(
  sums: Record<string, Tensor>,
  variables: Record<string, Variable>,
  loss: () => Scalar,
): Record<string, Tensor> {
  return tidy(() => {
    const { grads } = variableGrads(loss, Object.values(variables));
    return mapValues(sums, (total, name) => {
      const gradient = grads[(variables[name] as Variable).name];
      return gradient === undefined ? total.clone() : add(total, square(gradient));
    });
  });
}

function mapValues<T, U>(record: Record<string, T>, fn: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fn(value, name)]));
}
