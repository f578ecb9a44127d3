import { checker } from '@loopwright/core';
import { describeAlgorithms } from '../algorithms/index.ts';
import { observeSteps, type StepObservation } from './observe-step.ts';
import { opTimes } from './op-times.ts';
import type { OpProfile, PrimitiveProfile, StepMemory, StepProfile } from './step-profile.ts';

export interface ProfileStepOptions {
  /** How many steps are measured; 3 by default. */
  readonly steps?: number;
  /** How many steps run before that, unmeasured; 2 by default: a compiled function is recorded in its first. */
  readonly warmup?: number;
  /** Whether ops of different input shapes are told apart; `false` by default. */
  readonly byShapes?: boolean;
}

const check = checker('tensorflow', 'profileStep');

/**
 * Runs a step some times and says where its time and memory went: which ops ran how long, inside compiled functions
 * too, and what passed between them.
 *
 * The times are those of TensorFlow's own tracer and cost the step next to nothing. They are right on a CPU, where an op
 * has computed when it returns; of a GPU they say how long ops took to launch. Without our extension (see `engineInfo`)
 * only calls from JavaScript are seen, a compiled function as one op, and no memory. If the program runs with
 * `ONEDNN_VERBOSE=1` the profile also lists the primitives of oneDNN with the names of their implementations.
 *
 * All `warmup + steps` runs are real: a training step trains.
 *
 * @param fn synchronous. The tensors that it returns, also in arrays and plain objects, are disposed
 * @returns averages a step, in milliseconds and bytes; print them with {@link formatProfile}
 * @throws LoopwrightError if the native engine is not in use, inside another profile or a compiled function, or if
 *   `fn` is asynchronous; whatever `fn` throws
 * @example
 * const trainStep = () => optimizer.minimize(() => crossEntropy(model.apply(images) as tf.Tensor, labels));
 * const { milliseconds, ops } = profileStep(trainStep);
 * console.log(milliseconds.total, ops[0]?.name);
 */
export function profileStep(fn: () => unknown, options: ProfileStepOptions = {}): StepProfile {
  check.func('fn', fn);
  check.options(options, ['steps', 'warmup', 'byShapes']);
  const steps = check.integer('steps', options.steps ?? 3, { min: 1 });
  const warmup = check.integer('warmup', options.warmup ?? 2, { min: 0 });
  const shapes = check.boolean('byShapes', options.byShapes ?? false);
  return summarize(observeSteps(check, fn, { warmup, steps, shapes }), shapes);
}

function summarize(observations: readonly StepObservation[], byShapes: boolean): StepProfile {
  const steps = observations.length;
  const times = observations.map(({ runs, dispatches }) => opTimes(runs, dispatches));
  const total = mean(observations.map(({ milliseconds }) => milliseconds));
  const ops = mean(times.map(({ busy }) => busy));
  const dispatch = mean(times.map((time) => time.dispatch));
  const runs = observations.flatMap(({ runs }, step) =>
    runs.map(({ op, oneDnn, shapes }, run) => ({
      name: op,
      oneDnn,
      shapes: byShapes ? shapes : undefined,
      count: 1,
      milliseconds: times[step]?.own[run] ?? 0,
      share: (times[step]?.shared[run] ?? 0) / total,
    })),
  );
  return {
    steps,
    milliseconds: { total, ops, dispatch, host: Math.max(0, total - ops - dispatch) },
    ops: opProfiles(runs, steps),
    primitives: primitiveProfiles(observations),
    algorithms: describeAlgorithms(),
    memory: highest(observations.map(({ memory }) => memory)),
  };
}

function opProfiles(runs: readonly OpProfile[], steps: number): OpProfile[] {
  return mergeBy(
    runs,
    ({ name, oneDnn, shapes }) => JSON.stringify([name, oneDnn, shapes]),
    (a, b) => ({ ...addRuns(a, b), share: a.share + b.share }),
  )
    .map((row) => ({ ...perStep(row, steps), share: row.share / steps }))
    .sort((a, b) => b.share - a.share);
}

function primitiveProfiles(observations: readonly StepObservation[]): PrimitiveProfile[] | undefined {
  if (observations.some(({ primitives }) => primitives === undefined)) return undefined;
  const runs = observations.flatMap(({ primitives = [] }) => primitives.map((run) => ({ ...run, count: 1 })));
  const keyOf = ({ kind, implementation, direction, problem }: PrimitiveProfile) =>
    JSON.stringify([kind, implementation, direction, problem]);
  return mergeBy(runs, keyOf, addRuns)
    .map((row) => perStep(row, observations.length))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

type Runs = { readonly count: number; readonly milliseconds: number };

function addRuns<T extends Runs>(a: T, b: T): T {
  return { ...a, count: a.count + b.count, milliseconds: a.milliseconds + b.milliseconds };
}

function perStep<T extends Runs>(row: T, steps: number): T {
  return { ...row, count: row.count / steps, milliseconds: row.milliseconds / steps };
}

function mergeBy<T>(rows: readonly T[], keyOf: (row: T) => string, merge: (a: T, b: T) => T): T[] {
  const merged = new Map<string, T>();
  for (const row of rows) {
    const key = keyOf(row);
    const before = merged.get(key);
    merged.set(key, before === undefined ? row : merge(before, row));
  }
  return [...merged.values()];
}

/** The step that held the most at once stands for all. */
function highest(memories: readonly StepMemory[]): StepMemory {
  return memories.reduce((most, memory) => ((memory.peakBytes ?? 0) > (most.peakBytes ?? 0) ? memory : most));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
