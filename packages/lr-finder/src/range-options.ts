import {
  type Checker,
  type HasParamGroups,
  isStateful,
  type Stateful,
  show,
  type VariableSource,
} from '@loopwright/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { BatchSource } from './batches.ts';
import { isRestorable, type RestorablePart } from './restore-point.ts';
import type { Sweep, SweepMode } from './sweep.ts';
import type { Validation } from './validation-loss.ts';

/** What the test needs of an optimizer; every one of `@loopwright/optimizers` has it. */
export interface RangeTestOptimizer extends HasParamGroups, Stateful {
  /** Computes gradients and steps; only called where `loss` is given. */
  minimize?(loss: () => Scalar): Scalar;
}

/** Samples that the test does not train on. */
export interface RangeTestValidation<B> {
  /** Passed over after each step, so few batches are a good choice. */
  readonly data: BatchSource<B>;
  /** The mean loss of a batch in inference mode; the test disposes it. */
  readonly loss: (batch: B) => Scalar;
  /** How many samples a batch holds; by default the length of the first axis of the first tensor in it. */
  readonly size?: (batch: B) => number;
}

/** Options of `rangeTest`. */
export interface RangeTestOptions<B> {
  /** What is trained, and restored: a `tf.LayersModel` or variables by name, batch normalization's statistics included. */
  readonly model: VariableSource;
  /** Restored too: rates, slots and steps. */
  readonly optimizer: RangeTestOptimizer;
  /** Batches to train on; passed over again when they end. They stay the caller's. */
  readonly data: BatchSource<B>;
  /** The loss of a batch in training mode, which `optimizer.minimize` then makes small. Either this or `step`. */
  readonly loss?: (batch: B) => Scalar;
  /** A whole training step of your own, compiled or not: moves the model, returns the loss, which the test disposes. */
  readonly step?: (batch: B) => Scalar | Promise<Scalar>;
  /** The first rate; 1e-7 by default. */
  readonly startLr?: number;
  /** The last rate, if the loss does not diverge before; 10 by default. */
  readonly endLr?: number;
  /** How many rates are tried; 100 by default. */
  readonly steps?: number;
  /** Whether rates grow by equal factors or by equal steps; `'exponential'` by default. */
  readonly mode?: SweepMode;
  /** β of the debiased moving average of the losses, from 0 (none) to below 1; 0.98 by default. */
  readonly smoothing?: number;
  /** The test ends when the smoothed loss exceeds so many times the smallest one; 4 by default, `Infinity` for never. */
  readonly divergence?: number;
  /** Judge the rates by these samples rather than by those trained on. */
  readonly validation?: RangeTestValidation<B>;
  /** Whatever else a step changes and is to be restored, by name: random streams, averages, another model. */
  readonly restore?: Readonly<Record<string, RestorablePart>>;
  /** Losses are read off the device once in so many steps; 1 by default. With more the test may notice its end later. */
  readonly readEvery?: number;
  /** Ends the test early: everything is restored, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The options of a range test, checked and complete. */
export interface RangeTestPlan<B> {
  readonly optimizer: RangeTestOptimizer;
  readonly data: BatchSource<B>;
  readonly step: (batch: B) => Scalar | Promise<Scalar>;
  readonly sweep: Sweep;
  readonly smoothing: number;
  readonly divergence: number;
  readonly validation: Validation<B> | undefined;
  readonly parts: Readonly<Record<string, RestorablePart>>;
  readonly readEvery: number;
  readonly signal: AbortSignal | undefined;
}

const OPTIONS = [
  'model',
  'optimizer',
  'data',
  'loss',
  'step',
  'startLr',
  'endLr',
  'steps',
  'mode',
  'smoothing',
  'divergence',
  'validation',
  'restore',
  'readEvery',
  'signal',
] as const;

/** Checks everything that can be checked before the first step. */
export function checkRangeOptions<B>(check: Checker, options: RangeTestOptions<B>): RangeTestPlan<B> {
  const { optimizer, data, validation, divergence = 4, signal } = check.options(options, OPTIONS);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    check.fail(`signal must be an AbortSignal, got ${show(signal)}`);
  }
  return {
    optimizer: checkOptimizer(check, optimizer),
    data: checkSource(check, 'data', data),
    step: checkStep(check, options),
    sweep: checkSweep(check, options),
    smoothing: check.number('smoothing', options.smoothing ?? 0.98, { min: 0, below: 1 }),
    divergence:
      divergence === Number.POSITIVE_INFINITY
        ? divergence
        : check.number('divergence', divergence, { above: 1 }),
    validation: validation && checkValidation(check, validation),
    parts: checkParts(check, options),
    readEvery: check.positiveInteger('readEvery', options.readEvery ?? 1),
    signal,
  };
}

function checkOptimizer(check: Checker, optimizer: RangeTestOptimizer): RangeTestOptimizer {
  const groups: unknown = optimizer?.paramGroups;
  if (!Array.isArray(groups) || groups.length === 0 || !isStateful(optimizer)) {
    check.fail(`optimizer must have paramGroups and be Stateful, got ${show(optimizer)}`);
  }
  for (const [index, group] of groups.entries()) {
    check.number(`optimizer.paramGroups[${index}].learningRate`, group?.learningRate, { min: 0 });
  }
  return optimizer;
}

/** Refuses what is no source at all; what a function returns is seen when a pass starts. */
function checkSource<B>(check: Checker, argument: string, source: BatchSource<B>): BatchSource<B> {
  const candidate = source as Partial<Iterable<B> & AsyncIterable<B>> | null | undefined;
  const iterable =
    candidate?.[Symbol.iterator] !== undefined || candidate?.[Symbol.asyncIterator] !== undefined;
  return iterable || typeof source === 'function'
    ? source
    : check.fail(`${argument} must be an iterable or a function that returns one, got ${show(source)}`);
}

function checkStep<B>(
  check: Checker,
  { optimizer, loss, step }: RangeTestOptions<B>,
): RangeTestPlan<B>['step'] {
  if ((loss === undefined) === (step === undefined)) {
    check.fail(`either loss or step must be given, got ${loss === undefined ? 'none' : 'both'}`);
  }
  if (step !== undefined) return check.func('step', step);
  const lossOf = check.func('loss', loss) as (batch: B) => Scalar;
  if (typeof optimizer.minimize !== 'function') {
    check.fail(`an optimizer without minimize() needs step rather than loss, got ${show(optimizer)}`);
  }
  return (batch) => (optimizer as Required<RangeTestOptimizer>).minimize(() => lossOf(batch));
}

function checkSweep<B>(check: Checker, options: RangeTestOptions<B>): Sweep {
  const { startLr = 1e-7, endLr = 10, steps = 100, mode = 'exponential' } = options;
  check.number('startLr', startLr, { above: 0 });
  return {
    startLr,
    endLr: check.number('endLr', endLr, { above: startLr }),
    steps: check.integer('steps', steps, { min: 2 }),
    mode: check.oneOf('mode', mode, ['exponential', 'linear']),
  };
}

function checkValidation<B>(check: Checker, validation: RangeTestValidation<B>): Validation<B> {
  const { data, loss, size } = check.options(validation, ['data', 'loss', 'size']);
  return {
    data: checkSource(check, 'validation.data', data),
    loss: check.func('validation.loss', loss),
    size: size && check.func('validation.size', size),
  };
}

/** Everything to restore, by the names that messages call it. Loaders are among it, if they are `Stateful`. */
function checkParts<B>(check: Checker, options: RangeTestOptions<B>): Record<string, RestorablePart> {
  const { model, optimizer, data, validation, restore = {} } = options;
  if (!isRestorable(model))
    check.fail(`model must be a tf.LayersModel or a record of tf.Variable, got ${show(model)}`);
  const parts: Record<string, RestorablePart> = { model, optimizer };
  if (typeof restore !== 'object' || restore === null)
    check.fail(`restore must be a record of parts, got ${show(restore)}`);
  for (const [name, part] of Object.entries(restore)) {
    if (!isRestorable(part)) {
      check.fail(
        `restore[${show(name)}] must be Stateful, a tf.LayersModel or a record of tf.Variable, got ${show(part)}`,
      );
    }
    parts[`restore[${show(name)}]`] = part;
  }
  if (isStateful(data)) parts.data = data;
  if (isStateful(validation?.data)) parts['validation.data'] = validation.data;
  return parts;
}
