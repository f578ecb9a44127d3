import { type Checker, isVariable, type LayersModelLike, show } from '@loopwright/core';
import { type Tensor, util, type Variable } from '@tensorflow/tfjs-core';
import { type Gradients, presentGradients } from './gradients.ts';
import { trainingVariables } from './trainable-weights.ts';

/** A parameter with the gradient that moves it. */
export interface MatchedGradient {
  readonly name: string;
  readonly variable: Variable;
  /** Borrowed from whoever gave it. */
  readonly gradient: Tensor;
}

/** Variables by parameter name, and the model whose layers say which of them are frozen, where there is one. */
export interface ParameterSource {
  readonly params: Readonly<Record<string, Variable>>;
  readonly model?: LayersModelLike | undefined;
}

/**
 * An optimizer's parameters by unique name: which of them train at the moment, and which gradient belongs to which.
 * Everything is keyed by name, so that freezing one parameter cannot hand its state to another.
 */
export class ParameterSet {
  /** All parameters, frozen ones too. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** What they were made from. */
  readonly sources: readonly ParameterSource[];
  private readonly check: Checker;
  /** The parameter's name for each key that a gradient may have. */
  private readonly nameOfKey: ReadonlyMap<string, string>;

  constructor(check: Checker, sources: readonly ParameterSource[]) {
    this.check = check;
    this.sources = sources;
    this.variables = collectVariables(check, sources);
    this.nameOfKey = collectKeys(check, this.variables);
  }

  /**
   * The parameters that train now. Frozen are those whose variable is not `trainable` and those that the model they came
   * from does not count among its trainable weights.
   */
  trainable(): Map<string, Variable> {
    const result = new Map<string, Variable>();
    for (const { params, model } of this.sources) {
      const training = model && trainingVariables(model);
      for (const [name, variable] of Object.entries(params)) {
        if (variable.trainable && (training?.has(variable) ?? true)) result.set(name, variable);
      }
    }
    return result;
  }

  /**
   * Finds the parameter of each gradient, leaving out frozen parameters.
   *
   * @throws LoopwrightError if a key belongs to no parameter, two keys belong to one, or a gradient does not fit
   */
  match(gradients: Gradients): MatchedGradient[] {
    for (const key of Object.keys(gradients)) if (!this.nameOfKey.has(key)) this.failUnknown(key);
    const trainable = this.trainable();
    const matched = new Map<string, MatchedGradient>();
    for (const [key, gradient] of Object.entries(presentGradients(this.check, gradients))) {
      const name = this.nameOfKey.get(key) as string;
      const variable = this.variables.get(name) as Variable;
      if (!util.arraysEqual(gradient.shape, variable.shape)) {
        const expected = `shape ${show(variable.shape)}, as its parameter`;
        this.check.fail(`gradient ${show(key)} must have ${expected}, got ${show(gradient.shape)}`);
      }
      if (matched.has(name)) this.check.fail(`two gradients were given for parameter ${show(name)}`);
      matched.set(name, { name, variable, gradient });
    }
    return [...matched.values()].filter(({ name }) => trainable.has(name));
  }

  private failUnknown(key: string): never {
    const names = [...this.variables.keys()];
    return this.check.fail(`gradient ${show(key)} belongs to none of the parameters ${show(names)}`);
  }
}

function collectVariables(check: Checker, sources: readonly ParameterSource[]): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  const nameOf = new Map<Variable, string>();
  for (const [name, variable] of sources.flatMap(({ params }) => Object.entries(params))) {
    const where = `parameter ${show(name)}`;
    if (!isVariable(variable)) check.fail(`${where} must be a tf.Variable, got ${show(variable)}`);
    if (variable.dtype !== 'float32') check.fail(`${where} must be float32, got ${variable.dtype}`);
    if (variables.has(name)) check.fail(`${where} is given twice; names must be unique over all groups`);
    const other = nameOf.get(variable);
    if (other !== undefined) check.fail(`parameters ${show(other)} and ${show(name)} are one variable`);
    variables.set(name, variable);
    nameOf.set(variable, name);
  }
  return variables;
}

/** Parameter names and variables' names, which must not contradict each other. */
function collectKeys(check: Checker, variables: ReadonlyMap<string, Variable>): Map<string, string> {
  const keys = new Map([...variables.keys()].map((name) => [name, name]));
  for (const [name, variable] of variables) {
    const claimed = keys.get(variable.name) ?? name;
    if (claimed !== name) {
      check.fail(`parameter ${show(claimed)} bears the name of the variable of parameter ${show(name)}`);
    }
    keys.set(variable.name, name);
  }
  return keys;
}
