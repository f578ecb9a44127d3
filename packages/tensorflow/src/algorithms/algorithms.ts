import { checker, type StateDict, type Stateful } from '@loopwright/core';
import { addToExecutionKey } from '../native/execution-key.ts';
import { activeExtension, activeNativeBackend, type NativeBackend } from '../native/native-backend.ts';
import type { Call } from './calls.ts';
import type { Operands } from './candidate.ts';
import { thisMachine } from './machine.ts';
import { computeWith, type NativeTensor } from './native-ops.ts';
import { candidatesFor } from './table.ts';
import {
  type AlgorithmChoices,
  type CheckedTune,
  checkChoices,
  checkTune,
  type Tune,
} from './tune-options.ts';
import { type Decision, Tuner } from './tuner.ts';

/** The algorithm that a call takes. */
export interface Choice {
  /** The candidate's name; `native` is TensorFlow's own op. */
  readonly name: string;
  /** What it took alone, by measurement; undefined if nothing was measured. */
  readonly milliseconds: number | undefined;
  /**
   * Computes the call through the binding's layers.
   *
   * @param operands native tensors in the call's order, borrowed
   * @returns a native tensor that the caller owns
   */
  run(operands: Operands): NativeTensor;
}

/** What is known of one call that was made. */
export interface AlgorithmReport {
  /** Operation, shapes, strides, padding and dtype in one line. */
  readonly call: string;
  /** The algorithm that it takes. */
  readonly taken: string;
  /** Milliseconds by algorithm, of those that were measured on this machine; empty if none was. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

let options: CheckedTune = checkTune(checker('tensorflow', 'accelerate'), 'first-sight');
let tuner: Tuner | undefined;
/** Counts changes of the options, after which what was compiled before is recorded anew. */
let generation = 0;
addToExecutionKey(() => `tuning ${generation}`);

/**
 * Sets how algorithms for convolutions and matrix products are chosen from here on, and forgets what was chosen before.
 *
 * @throws LoopwrightError if an option is unknown or not valid, or a choice names an algorithm that there is not
 * @example
 * configureTuning({ budgetMs: 10_000 });
 * configureTuning('first-sight'); // the default
 */
export function configureTuning(tune: Tune): void {
  use(checkTune(checker('tensorflow', 'accelerate'), tune));
}

/**
 * The fastest algorithm for a call on this machine. The first time that a machine sees a call, its candidates are
 * measured, in some ten times the time that the call itself takes.
 *
 * @example
 * const product = { operation: 'BatchMatMul', a: [256, 512], b: [512, 512], transposeA: false, transposeB: false } as const;
 * const { name, milliseconds } = fastestFor({ ...product, dtype: 'float32' });
 */
export function fastestFor(call: Call): Choice {
  const { candidate, milliseconds } = decide(call);
  return {
    name: candidate.name,
    milliseconds,
    run: (operands) =>
      computeWith(nativeBackend().binding, call.dtype, (ops) => candidate.run(ops, operands)),
  };
}

/**
 * Which algorithm each call took so far: plain data to keep with a run, so that a resumed one makes the same choices
 * and its numbers stay the same to the last bit.
 *
 * @example
 * configureTuning({ from: algorithmChoices() });
 */
export function algorithmChoices(): AlgorithmChoices {
  const decisions = [...(tuner?.decisions ?? [])];
  const made = decisions.map(([call, { candidate, milliseconds = null }]) => {
    return [call, { algorithm: candidate.name, milliseconds }] as const;
  });
  return { version: 1, choices: { ...Object.fromEntries(options.choices), ...Object.fromEntries(made) } };
}

/**
 * The choices of this process as a part of a run that is saved and resumed with the others.
 *
 * @example
 * const run = { algorithms };
 * run.algorithms.loadStateDict(run.algorithms.stateDict());
 */
export const algorithms: Stateful = {
  stateDict: algorithmChoices,
  loadStateDict(state: StateDict): void {
    use({ ...options, choices: checkChoices(checker('tensorflow', 'algorithms'), state) });
  },
};

/**
 * All calls that were made: which algorithm they take, and what the others would have cost.
 *
 * @example
 * for (const { call, taken, milliseconds } of describeAlgorithms()) console.log(call, taken, milliseconds);
 */
export function describeAlgorithms(): AlgorithmReport[] {
  return [...(tuner?.decisions ?? [])].map(([call, { candidate, timings }]) => ({
    call,
    taken: candidate.name,
    milliseconds: timings ?? {},
  }));
}

function use(checked: CheckedTune): void {
  options = checked;
  tuner = undefined;
  generation += 1;
}

function decide(call: Call): Decision {
  const { binding } = nativeBackend();
  if (!options.on || activeExtension() === undefined || binding.isUsingGpuDevice()) {
    const [candidate] = candidatesFor(call);
    if (candidate === undefined) throw new Error('the table is empty');
    return { candidate, milliseconds: undefined, timings: undefined };
  }
  tuner ??= new Tuner(options, thisMachine(binding.TF_Version));
  return tuner.decide(call);
}

function nativeBackend(): NativeBackend {
  const backend = activeNativeBackend();
  if (backend === undefined) throw new Error('the native engine does not compute now');
  return backend;
}
