import type { Checker, HasParamGroups } from '@loopwright/core';
import { show } from '@loopwright/core';

/** The public part of an optimizer made by `tf.train.sgd`, `momentum`, `rmsprop`, `adam` and so on. */
export interface StockOptimizer {
  getClassName(): string;
  applyGradients(gradients: never): void;
}

/** The protected fields of a stock optimizer that are there at run time. */
interface StockFields {
  learningRate: number;
  momentum: number;
  setLearningRate(learningRate: number): void;
}

type Group = HasParamGroups['paramGroups'][number];

/** What can be set on each class, by `getClassName()`. */
const adapters: Readonly<Record<string, (fields: StockFields) => Group>> = {
  SGD: (fields) => withSetter('tf.train.sgd', fields),
  Momentum: (fields) => withSetter('tf.train.momentum', fields),
  RMSProp: (fields) => withMomentum('tf.train.rmsprop', fields),
  Adagrad: (fields) => withField('tf.train.adagrad', fields),
  Adadelta: (fields) => withField('tf.train.adadelta', fields),
  Adam: (fields) => withField('tf.train.adam', fields),
  Adamax: (fields) => withField('tf.train.adamax', fields),
};

const adapted = new WeakMap<StockOptimizer, HasParamGroups>();

/** Whether a value looks like an optimizer of TensorFlow.js itself. */
export function isStockOptimizer(value: unknown): value is StockOptimizer {
  const candidate = value as Partial<StockOptimizer> | null | undefined;
  return typeof candidate?.getClassName === 'function' && typeof candidate.applyGradients === 'function';
}

/**
 * A stock optimizer of TensorFlow.js 4.22 as one parameter group; the same one every time it is asked for.
 *
 * What TensorFlow.js reads anew at every step can be set: the rate of all seven, and the momentum of `rmsprop`. The
 * momentum of `tf.train.momentum` cannot (`setMomentum` changes a field that nothing reads), nor can the `beta1` of
 * `adam` and `adamax`, whose bias correction would go on with the powers of the one before. The group does not have
 * those, so that a scheduler which cycles momentum refuses the optimizer.
 *
 * @throws LoopwrightError if the class is none of TensorFlow.js's seven
 */
export function adaptStockOptimizer(check: Checker, optimizer: StockOptimizer): HasParamGroups {
  const known = adapted.get(optimizer);
  if (known !== undefined) return known;
  const className = optimizer.getClassName();
  const adapter = Object.hasOwn(adapters, className) ? adapters[className] : undefined;
  const fields = optimizer as unknown as StockFields;
  if (adapter === undefined || typeof fields.learningRate !== 'number') {
    return check.fail(
      `optimizer must have paramGroups or be one of TensorFlow.js's (${Object.keys(adapters).join(', ')}), got ${show(className)}`,
    );
  }
  const groups = { paramGroups: [Object.freeze(adapter(fields))] };
  adapted.set(optimizer, groups);
  return groups;
}

/** SGD and Momentum keep the rate in a tensor, which only their setter replaces. */
function withSetter(name: string, fields: StockFields): Group {
  return {
    name,
    get learningRate() {
      return fields.learningRate;
    },
    set learningRate(value) {
      if (value !== fields.learningRate) fields.setLearningRate(value);
    },
  };
}

/** The others read the field at every step and have no setter. */
function withField(name: string, fields: StockFields): Group {
  return {
    name,
    get learningRate() {
      return fields.learningRate;
    },
    set learningRate(value) {
      fields.learningRate = value;
    },
  };
}

/** RMSProp reads its momentum at every step too. */
function withMomentum(name: string, fields: StockFields): Group {
  return {
    name,
    get learningRate() {
      return fields.learningRate;
    },
    set learningRate(value) {
      fields.learningRate = value;
    },
    get momentum() {
      return fields.momentum;
    },
    set momentum(value) {
      fields.momentum = value;
    },
  };
}
