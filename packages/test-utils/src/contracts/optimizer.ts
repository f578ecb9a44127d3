import { checker, checkState, type HasParamGroups, type StateDict, type Stateful } from '@loopwright/core';
import { prepareVariables, readVariables } from '@loopwright/core/tensors';
import {
  add,
  dispose,
  memory,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { EffectRecorder } from '../effect-recorder.ts';
import { expectNoLeak } from '../leak.ts';
import { expectStateful } from './stateful.ts';

/** What every optimizer offers. */
export interface OptimizerSubject extends HasParamGroups, Stateful {
  step(gradients: Record<string, Tensor>): void;
  minimize(loss: () => Scalar): Scalar;
  dispose(): void;
}

/** What {@link expectOptimizer} needs to know of an implementation. */
export interface OptimizerContract {
  readonly make: (
    params: Record<string, Variable>,
    options: Readonly<Record<string, unknown>>,
  ) => OptimizerSubject;
  /** Options that bring every slot into play, without weight decay, with a learning rate that reduces a parabola. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The same options with other values. */
  readonly otherOptions: Readonly<Record<string, unknown>>;
}

type Variables = Record<'matrix' | 'vector', Variable>;

const check = checker('test-utils', 'Run');
const shapes = { matrix: [2, 3], vector: [4] } as const;

/**
 * The contract of every optimizer: it resumes exactly, in a differently configured copy too; owns its slots and nothing
 * else; follows the learning rate of its groups; steps anew when a recording is replayed; keeps each parameter's state its own when others are frozen; takes
 * gradients by parameter name and by variable name; and refuses wrong arguments without changing anything.
 */
export async function expectOptimizer(contract: OptimizerContract): Promise<void> {
  const before = memory().numTensors;
  await expectResume(contract);
  await expectOwnership(contract);
  expectDescent(contract);
  expectLiveLearningRate(contract);
  expectReplay(contract);
  expectOwnStateWhenOthersFreeze(contract);
  expectBothKeys(contract);
  expectRefusals(contract);
  expect(memory().numTensors, 'tensors left behind').toBe(before);
}

function expectResume({ make, options, otherOptions }: OptimizerContract): Promise<void> {
  return expectStateful({
    make: () => new Run((params) => make(params, options)),
    makeOther: () => new Run((params) => make(params, otherOptions)),
    advance: (run, index) => run.step(index),
    observe: (run) => structuredClone(run.stateDict()),
    dispose: (run) => run.dispose(),
  });
}

async function expectOwnership({ make, options }: OptimizerContract): Promise<void> {
  await expectNoLeak(async () => {
    const run = new Run((params) => make(params, options));
    run.step(0); // inside tf.tidy, which must not take the slots away
    await expectNoLeak(() => run.step(1));
    const gradients = makeGradients(2);
    run.optimizer.step(gradients);
    expect(gradients.matrix?.isDisposed, 'gradients are borrowed').toBe(false);
    const loss = await expectNoLeak(() => run.optimizer.minimize(() => parabola(run.variables)), 1);
    dispose([gradients, loss]);
    run.dispose();
  });
}

function expectDescent({ make, options }: OptimizerContract): void {
  const run = new Run((params) => make(params, options));
  const losses = Array.from({ length: 60 }, () =>
    tidy(() => run.optimizer.minimize(() => parabola(run.variables)).dataSync()[0] as number),
  );
  expect(losses.at(-1), 'the loss after 60 steps').toBeLessThan(0.5 * (losses[0] as number));
  run.dispose();
}

function expectLiveLearningRate({ make, options }: OptimizerContract): void {
  const run = new Run((params) => make(params, options));
  const initial = readVariables(run.variables);
  for (const group of run.optimizer.paramGroups) group.learningRate = 0;
  run.step(0);
  expect(readVariables(run.variables), 'a learning rate of 0 stands still').toEqual(initial);
  for (const group of run.optimizer.paramGroups) group.learningRate = 0.1;
  run.step(1);
  expect(readVariables(run.variables), 'and any other moves').not.toEqual(initial);
  run.dispose();
}

/** A recorded step, replayed with other gradients and at another rate, is the step that would have been taken then. */
function expectReplay({ make, options }: OptimizerContract): void {
  const [eager, replayed] = [
    new Run((params) => make(params, options)),
    new Run((params) => make(params, options)),
  ];
  const recorder = new EffectRecorder();
  for (let index = 0; index < 8; index++) {
    for (const { optimizer } of [eager, replayed]) {
      for (const group of optimizer.paramGroups) group.learningRate = 0.01 * (index + 1);
    }
    eager.step(index);
    if (index === 0) recorder.record(() => replayed.step(index));
    else tidy(() => recorder.replay(Object.values(makeGradients(index))));
    expect(replayed.stateDict(), `after replay ${index}`).toEqual(eager.stateDict());
  }
  for (const run of [eager, replayed]) run.dispose();
}

/** Each parameter goes as if it were alone, stepped only while it was not frozen. */
function expectOwnStateWhenOthersFreeze({ make, options }: OptimizerContract): void {
  const together = new Run((params) => make(params, options));
  const alone = new Run((params) => make({ matrix: params.matrix as Variable }, options));
  const other = new Run((params) => make({ vector: params.vector as Variable }, options));
  for (let index = 0; index < 14; index++) {
    const frozen = index < 2 || (index >= 5 && index < 8);
    together.variables.matrix.trainable = !frozen;
    together.step(index);
    if (!frozen) alone.step(index, ['matrix']);
    other.step(index, ['vector']);
  }
  expect(readVariables(together.variables)).toEqual({
    matrix: readVariables(alone.variables).matrix,
    vector: readVariables(other.variables).vector,
  });
  for (const run of [together, alone, other]) run.dispose();
}

function expectBothKeys({ make, options }: OptimizerContract): void {
  const byName = new Run((params) => make(params, options));
  const byVariable = new Run((params) => make(params, options));
  byName.step(0);
  tidy(() => {
    const gradients = makeGradients(0);
    const { matrix, vector } = byVariable.variables;
    byVariable.optimizer.step({
      [matrix.name]: gradients.matrix as Tensor,
      [vector.name]: gradients.vector as Tensor,
    });
  });
  expect(readVariables(byVariable.variables)).toEqual(readVariables(byName.variables));
  for (const run of [byName, byVariable]) run.dispose();
}

function expectRefusals({ make, options }: OptimizerContract): void {
  const run = new Run((params) => make(params, options));
  expect(() => make(run.variables, { ...options, lerningRate: 1 })).toThrow(/unknown option "lerningRate"/);
  expect(() => make(run.variables, { ...options, learningRate: -1 })).toThrow(
    /learningRate must be a finite number at least 0, got -1/,
  );
  run.step(0);
  const kept = structuredClone(run.stateDict());
  const { matrix, vector } = makeGradients(1) as Record<'matrix' | 'vector', Tensor>;
  const refused = (gradients: Record<string, Tensor>, message: RegExp) => {
    expect(() => run.optimizer.step(gradients)).toThrow(message);
    expect(run.stateDict(), `after "${message.source}"`).toEqual(kept);
  };
  refused({ matrix, other: vector }, /gradient "other" belongs to none of the parameters/);
  refused(
    { matrix, vector: matrix },
    /gradient "vector" must have shape \[4\], as its parameter, got \[2, 3\]/,
  );
  const [group] = run.optimizer.paramGroups;
  const { learningRate } = group as { learningRate: number };
  Object.assign(group as object, { learningRate: Number.NaN });
  expect(() => run.optimizer.step({ matrix, vector })).toThrow(/learningRate must be .* got NaN/);
  Object.assign(group as object, { learningRate });
  expect(run.stateDict(), 'after a learning rate of NaN').toEqual(kept);
  dispose([matrix, vector]);
  run.dispose();
}

/** An optimizer with variables of its own; a resume is of both. */
class Run implements Stateful {
  readonly variables: Variables = makeVariables();
  readonly optimizer: OptimizerSubject;

  constructor(make: (params: Record<string, Variable>) => OptimizerSubject) {
    this.optimizer = make(this.variables);
  }

  step(index: number, names: readonly string[] = Object.keys(shapes)): void {
    tidy(() => {
      const chosen = Object.entries(makeGradients(index)).filter(([name]) => names.includes(name));
      this.optimizer.step(Object.fromEntries(chosen));
    });
  }

  stateDict(): StateDict {
    return {
      version: 1,
      optimizer: this.optimizer.stateDict(),
      variables: readVariables(this.variables),
    };
  }

  loadStateDict(state: StateDict): void {
    const { optimizer, variables } = checkState(check, state, 1, ['optimizer', 'variables']);
    const assign = prepareVariables(check, 'variables', this.variables, variables);
    this.optimizer.loadStateDict(optimizer as StateDict);
    assign();
  }

  dispose(): void {
    this.optimizer.dispose();
    dispose(this.variables);
  }
}

function makeVariables(): Variables {
  return tidy(() => ({
    matrix: variable(wave(shapes.matrix, 1)),
    vector: variable(wave(shapes.vector, 2)),
  }));
}

/** Deterministic gradients of changing size and sign, with a zero in each. */
function makeGradients(index: number): Record<string, Tensor> {
  return tidy(() => ({
    matrix: wave(shapes.matrix, 3 + 5 * index),
    vector: wave(shapes.vector, 4 + 5 * index),
  }));
}

function wave(shape: readonly number[], phase: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, (_, i) => (i === 1 ? 0 : 2 * Math.sin(phase + 2 * i)));
  return tensor(values, [...shape]);
}

function parabola({ matrix, vector }: Variables): Scalar {
  return tidy(() => add(sum(square(sub(matrix, 0.5))), sum(square(vector))));
}
