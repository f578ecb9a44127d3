import {
  checker,
  checkKeys,
  checkState,
  namedVariables,
  type StateDict,
  type Stateful,
  type StateValue,
  show,
  stateRecord,
  type TensorValue,
  type VariableSource,
} from '@loopwright/core';
import {
  checkTensorValue,
  hostEffect,
  type InterpolateUpdate,
  readVariables,
  toTensor,
} from '@loopwright/core/tensors';
import { tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import { type AverageKind, checkAverage, newestWeight } from './average.ts';
import { type BufferPredicate, defaultBuffers } from './buffers.ts';
import { exchange, holdsAverages, type Variables } from './exchange.ts';
import { interpolate } from './interpolate.ts';
import { checkPositions, isAveraged, type Positions } from './positions.ts';
import { isPromiseLike } from './promise.ts';

/** Options of {@link AveragedModel}. */
export interface AveragedModelOptions {
  /** How models are averaged; `'swa'` by default. */
  readonly average?: AverageKind;
  /**
   * Whether buffers (batch normalization's statistics) are averaged too. By default they are copied from the model at
   * every update, and `updateBatchNorm` computes them for the averaged weights at the end.
   */
  readonly includeBuffers?: boolean;
  /** Which variables are buffers, if not those that no gradient moves. Asked once, at construction. */
  readonly buffers?: BufferPredicate;
  /** The first position that `updateAt` averages, counted from 0; 0 by default. */
  readonly start?: number;
  /** `updateAt` averages each `every`-th position from `start` on; 1 by default. */
  readonly every?: number;
  /** How many positions the run has, if its last one is to be averaged whatever `every` says. */
  readonly total?: number;
}

const check = checker('averaging', 'AveragedModel');
const optionNames = ['average', 'includeBuffers', 'buffers', 'start', 'every', 'total'] as const;
const stateVersion = 1;
const stateKeys = [
  'nAveraged',
  'average',
  'includeBuffers',
  'buffers',
  'start',
  'every',
  'total',
  'averages',
] as const;

/**
 * The running average of a model's weights: stochastic weight averaging (SWA) or an exponential moving average (EMA).
 *
 *     average ← average + (model − average) · k    k = 1 for the first update, then 1/(n + 1), or 1 − decay
 *
 * The averages are kept beside the model and exchanged with its weights by {@link swap} or, better, {@link using}.
 * Buffers follow `includeBuffers`; variables of type int32 and bool are copied, never averaged. Nothing else is
 * touched, the learning rate least of all.
 *
 * Update after the last optimizer step of an epoch, not before the first of the next one, or the averages never see
 * the last epoch. With `every`, the last epoch is seen only if `start + k · every` meets it: give `total`, and it
 * is averaged in any case.
 *
 * Follows Izmailov and others, "Averaging Weights Leads to Wider Optima and Better Generalization" (2018), and
 * PyTorch's `torch.optim.swa_utils.AveragedModel`. Departures: the averages have no module of their own but are
 * swapped in, or copied out by {@link copyTo}; integers are not averaged; a decay of 1 is refused.
 *
 * The model stays the caller's. The averages are this object's; {@link dispose} frees them.
 *
 * @throws LoopwrightError for a bad option, or a model without variables
 * @example
 * const averaged = new AveragedModel(model, { start: 1 });
 * for (let epoch = 0; epoch < epochs; epoch++) {
 *   for (const { images, labels } of train) {
 *     const loss = optimizer.minimize(() => crossEntropy(forward(images), labels));
 *     loss.dispose();
 *   }
 *   averaged.updateAt(epoch);
 * }
 * const predictions = await averaged.using(async () => {
 *   await updateBatchNorm(model, train);
 *   return model.predict(images);
 * });
 */
export class AveragedModel implements Stateful {
  private readonly variables: Variables;
  private average: AverageKind;
  private includeBuffers: boolean;
  private buffers: ReadonlySet<string>;
  private positions: Positions;
  private averages: Variables = {};
  private updates = 0;
  private isSwapped = false;

  constructor(model: VariableSource, options: AveragedModelOptions = {}) {
    const {
      average = 'swa',
      includeBuffers = false,
      buffers,
      ...positions
    } = check.options(options, optionNames);
    this.average = checkAverage(check, average);
    this.includeBuffers = check.boolean('includeBuffers', includeBuffers);
    this.positions = checkPositions(check, positions);
    this.variables = distinctVariables(model);
    if (Object.keys(this.variables).length === 0) check.fail('model has no variables; build it first');
    const isBuffer = buffers === undefined ? defaultBuffers(model) : check.func('buffers', buffers);
    const entries = Object.entries(this.variables);
    this.buffers = new Set(entries.filter((entry) => isBuffer(...entry)).map(([name]) => name));
  }

  /** How many models are averaged. */
  get nAveraged(): number {
    return this.updates;
  }

  /** Whether the model holds the averages at present, and this object the weights. */
  get swapped(): boolean {
    return this.isSwapped;
  }

  /**
   * Takes the model's present weights into the average. Reads nothing back from the device. In a compiled function it is
   * done anew at each call.
   *
   * @throws LoopwrightError while the model holds averages
   */
  updateParameters(): void {
    hostEffect([], () => {
      this.refuseWhileExchanged('updateParameters()', this.variables);
      if (this.updates === 0) this.averages = mapValues(this.variables, (model) => variable(model, false));
      else this.moveAverages(newestWeight(this.average, this.updates));
      this.updates += 1;
    });
  }

  /**
   * Calls {@link updateParameters} if this position, an epoch or a step counted from 0 that has just been trained, is
   * one to average: `position ≥ start` and `(position − start) % every === 0`, or the last of `total`.
   *
   * @returns whether it did, which depends on the position alone
   * @throws LoopwrightError if the position is no integer of at least 0, or while the model holds averages
   * @example
   * const averaged = new AveragedModel(model, { average: { ema: 0.999 } });
   * if (averaged.updateAt(epoch)) console.log(`${averaged.nAveraged} models averaged`);
   */
  updateAt(position: number): boolean {
    const due = isAveraged(this.positions, check.integer('position', position, { min: 0 }));
    if (due) this.updateParameters();
    return due;
  }

  /**
   * Exchanges the model's weights and buffers with the averages, bit for bit: the second call undoes the first.
   * While they are exchanged, updating, saving and loading are refused.
   *
   * @throws LoopwrightError before the first update, or while another `AveragedModel` is swapped into the model
   */
  swap(): void {
    this.requireAverages('swap()');
    if (!this.isSwapped) this.refuseWhileExchanged('swap()', this.variables);
    exchange(this.variables, this.averages);
    this.isSwapped = !this.isSwapped;
  }

  /**
   * Runs a function with the averages in the model, and puts the weights back whether it returns, throws or rejects.
   *
   * What the function does to the model's variables happens to the averages: statistics that `updateBatchNorm`
   * computes stay with them.
   *
   * @returns what the function returns; a promise of it if the function is asynchronous
   * @throws LoopwrightError before the first update, or inside another `using`
   * @example
   * const averaged = new AveragedModel(model);
   * averaged.updateParameters();
   * const predictions = averaged.using(() => model.predict(images));
   */
  using<T>(fn: () => T): T {
    check.func('fn', fn);
    this.refuseWhileExchanged('using()', this.variables);
    this.swap();
    const restore = () => {
      if (this.isSwapped) this.swap();
    };
    let result: T;
    try {
      result = fn();
    } catch (error) {
      restore();
      throw error;
    }
    if (isPromiseLike(result)) return Promise.resolve(result).finally(restore) as T;
    restore();
    return result;
  }

  /**
   * Copies the averages, buffers included, into another model with variables of the same names, shapes and types, or
   * for good into the averaged model itself.
   *
   * @param target changed; it stays the caller's
   * @throws LoopwrightError before the first update, if the target's variables differ (nothing is copied then), or if
   *   the target holds averages at present
   * @example
   * const averaged = new AveragedModel(model);
   * averaged.updateParameters();
   * averaged.copyTo(student);
   * await updateBatchNorm(student, train);
   */
  copyTo(target: VariableSource): void {
    this.requireAverages('copyTo()');
    const targets = distinctVariables(target);
    this.refuseWhileExchanged('copyTo()', targets);
    checkKeys(check, 'target', targets, Object.keys(this.variables));
    const source = this.isSwapped ? this.variables : this.averages;
    for (const [name, from] of Object.entries(source)) checkLike(name, targets[name] as Variable, from);
    for (const [name, from] of Object.entries(source)) targets[name]?.assign(from);
  }

  /**
   * Frees the averages; the object is then as before its first update. The model stays as it is.
   *
   * @throws LoopwrightError while swapped, when the weights would be lost
   */
  dispose(): void {
    if (this.isSwapped) {
      check.fail(
        'dispose() while swapped would lose the trained weights: swap() back first (copyTo(model) keeps the averages)',
      );
    }
    for (const average of Object.values(this.averages)) average.dispose();
    this.averages = {};
    this.updates = 0;
  }

  /** @throws LoopwrightError while swapped: the model beside it would be saved with averages for weights */
  stateDict(): StateDict {
    this.refuseWhileSwapped('stateDict()');
    return {
      version: stateVersion,
      nAveraged: this.updates,
      average: this.average,
      includeBuffers: this.includeBuffers,
      buffers: [...this.buffers],
      ...this.positions,
      averages: readVariables(this.averages),
    };
  }

  /** @throws LoopwrightError if the state does not fit, or while swapped; nothing is changed then */
  loadStateDict(state: StateDict): void {
    this.refuseWhileSwapped('loadStateDict()');
    const given = checkState(check, state, stateVersion, stateKeys);
    const updates = check.integer('state.nAveraged', given.nAveraged, { min: 0 });
    const average = checkAverage(check, given.average);
    const includeBuffers = check.boolean('state.includeBuffers', given.includeBuffers);
    const buffers = this.checkBuffers(given.buffers);
    const positions = checkPositions(check, given);
    const values = this.checkAverages(given.averages, updates);

    this.dispose();
    this.averages = mapValues(values, (value) => tidy(() => variable(toTensor(value), false)));
    this.updates = updates;
    this.average = average;
    this.includeBuffers = includeBuffers;
    this.buffers = buffers;
    this.positions = positions;
  }

  private moveAverages(weight: number): void {
    const averaged: InterpolateUpdate[] = [];
    for (const [name, value] of Object.entries(this.variables)) {
      const average = this.averages[name] as Variable;
      if (this.isAveragedVariable(name, value)) averaged.push({ average, value, weight });
      else average.assign(value);
    }
    interpolate(averaged);
  }

  private isAveragedVariable(name: string, { dtype }: Variable): boolean {
    return dtype === 'float32' && (this.includeBuffers || !this.buffers.has(name));
  }

  private requireAverages(action: string): void {
    if (this.updates === 0) check.fail(`nothing is averaged yet: call updateParameters() before ${action}`);
  }

  private refuseWhileSwapped(action: string): void {
    if (this.isSwapped)
      check.fail(`${action} while swapped would take the averages for the weights: swap() back first`);
  }

  private refuseWhileExchanged(action: string, variables: Variables): void {
    if (holdsAverages(variables)) {
      check.fail(`${action} is refused while the model holds averages: swap() back first, or leave using()`);
    }
  }

  private checkBuffers(value: StateValue | undefined): ReadonlySet<string> {
    const known = (name: unknown) => typeof name === 'string' && name in this.variables;
    if (!Array.isArray(value) || !value.every(known)) {
      return check.fail(`state.buffers must be names of the model's variables, got ${show(value)}`);
    }
    return new Set(value as readonly string[]);
  }

  private checkAverages(value: StateValue | undefined, updates: number): Record<string, TensorValue> {
    const expected = updates === 0 ? {} : this.variables;
    const values = stateRecord(check, 'state.averages', value);
    checkKeys(check, 'state.averages', values, Object.keys(expected));
    return Object.fromEntries(
      Object.entries(expected).map(([name, model]) => [
        name,
        checkTensorValue(check, `state.averages[${show(name)}]`, values[name], model),
      ]),
    );
  }
}

/** A model's variables, tied ones under their first name only: exchanged twice they would be mixed up. */
function distinctVariables(model: VariableSource): Record<string, Variable> {
  const seen = new Set<Variable>();
  const entries = Object.entries(namedVariables(model));
  return Object.fromEntries(entries.filter(([, held]) => !seen.has(held) && seen.add(held)));
}

function checkLike(name: string, target: Variable, { dtype, shape }: Variable): void {
  if (target.dtype === dtype && target.shape.join() === shape.join()) return;
  check.fail(`target[${show(name)}] is ${show(target)}, expected ${dtype} of shape ${show(shape)}`);
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
