import { checker, checkKeys, namedVariables, show, type VariableSource } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { addN, clone, mul, type Scalar, square, sub, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { trainableVariables } from './trainable-variables.ts';

export interface EwcPenaltyOptions {
  /** The variables' values after the old task, θ*: see {@link snapshotVariables}; borrowed. */
  readonly anchor: Readonly<Record<string, Tensor>>;
  /** The importance of each weight for the old task, F: see `empiricalFisher`; borrowed. */
  readonly fisher: Readonly<Record<string, Tensor>>;
  /** Strength λ, at least 0. */
  readonly lambda: number;
}

const check = checker('losses', 'ewcPenalty');

/**
 * Elastic weight consolidation: keeps the weights that mattered to an old task near their old values.
 *
 *     λ/2 · Σ_i F_i · (θ_i − θ*_i)²
 *
 * Variables that `fisher` does not name, such as a new head, move freely.
 *
 * Follows Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks" (2017), equation 3.
 *
 * @param source a model or variables by name, θ
 * @returns a scalar; the caller owns it
 * @throws LoopwrightError if `anchor` and `fisher` do not hold the same names, one of these is no variable of `source` or has
 *   another shape, `lambda` is negative, or an option is unknown
 * @example
 * const anchor = snapshotVariables(model);
 * const fisher = await empiricalFisher(model, train, ({ images, labels }) =>
 *   crossEntropy(model.predict(images) as tf.Tensor, labels),
 * );
 * // and then, while the new task is trained:
 * const { value, grads } = tf.variableGrads(() =>
 *   tf.add(crossEntropy(forward(images), labels), ewcPenalty(model, { anchor, fisher, lambda: 100 })),
 * );
 */
export function ewcPenalty(source: VariableSource, options: EwcPenaltyOptions): Scalar {
  const { anchor, fisher, lambda } = check.options(options, ['anchor', 'fisher', 'lambda']);
  check.number('lambda', lambda, { min: 0 });
  const variables = namedVariables(source);
  const names = checkNames(anchor, fisher);
  for (const name of names) {
    const variable = variables[name];
    if (variable === undefined) return check.fail(`there is no variable ${show(name)}, which fisher names`);
    const spec = { dtype: 'float32', shape: variable.shape } as const;
    checkTensor(check, `anchor[${show(name)}]`, anchor[name], spec);
    checkTensor(check, `fisher[${show(name)}]`, fisher[name], spec);
  }
  return tidy(() => {
    const terms = names.map((name) =>
      sum(mul(fisher[name] as Tensor, square(sub(variables[name] as Tensor, anchor[name] as Tensor)))),
    );
    return mul(addN(terms), lambda / 2);
  });
}

/**
 * Copies of the trainable variables' values, by name: the anchor of {@link ewcPenalty}.
 *
 * @param source a model or variables by name
 * @returns tensors that later steps do not change; the caller owns them (`tf.dispose(anchor)`)
 * @example
 * const anchor = snapshotVariables(model);
 * Object.keys(anchor); // ['hidden/kernel', 'hidden/bias', 'norm/gamma', …]
 */
export function snapshotVariables(source: VariableSource): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(trainableVariables(source)).map(([name, variable]) => [name, clone(variable)]),
  );
}

function checkNames(anchor: object, fisher: object): string[] {
  for (const [argument, value] of Object.entries({ anchor, fisher })) {
    if (typeof value !== 'object' || value === null)
      check.fail(`${argument} must be a record of tensors, got ${show(value)}`);
  }
  const names = Object.keys(fisher);
  if (names.length === 0) check.fail('fisher must name at least one variable, got none');
  checkKeys(check, 'anchor', anchor, names);
  return names;
}
