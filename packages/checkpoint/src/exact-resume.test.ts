import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checker,
  checkState,
  namedVariables,
  RandomStream,
  type StateDict,
  type Stateful,
} from '@loopwright/core';
import { prepareVariables, readVariables } from '@loopwright/core/tensors';
import { countTensorsInEveryTest, tinyBatch, tinyClassifier } from '@loopwright/test-utils';
import {
  add,
  dispose,
  mean,
  mul,
  oneHot,
  type Scalar,
  squaredDifference,
  sub,
  type Tensor,
  tidy,
  type Variable,
  variable,
  variableGrads,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CheckpointSaver } from './checkpoint-saver.ts';
import { captureRun } from './run.ts';

countTensorsInEveryTest();

const check = checker('checkpoint', 'Momentum');

/** Enough of an optimizer: slots by name, a rate that is state, a step count. */
class Momentum implements Stateful {
  learningRate: number;
  private steps = 0;
  private readonly variables: Record<string, Variable>;
  private readonly slots: Record<string, Variable>;

  constructor(model: LayersModel, learningRate: number) {
    this.learningRate = learningRate;
    this.variables = Object.fromEntries(
      Object.entries(namedVariables(model)).filter(([, weight]) => weight.trainable),
    );
    this.slots = Object.fromEntries(
      Object.entries(this.variables).map(([name, weight]) => [
        name,
        tidy(() => variable(zerosLike(weight), false)),
      ]),
    );
  }

  minimize(loss: () => Scalar): void {
    this.steps += 1;
    tidy(() => {
      const { grads } = variableGrads(loss, Object.values(this.variables));
      for (const [name, weight] of Object.entries(this.variables)) {
        const slot = this.slots[name] as Variable;
        slot.assign(add(mul(slot, 0.9), grads[weight.name] as Tensor));
        weight.assign(sub(weight, mul(slot, this.learningRate / this.steps)));
      }
    });
  }

  stateDict(): StateDict {
    const { learningRate, steps } = this;
    return { version: 1, learningRate, steps, slots: readVariables(this.slots) };
  }

  loadStateDict(state: StateDict): void {
    const { learningRate, steps, slots } = checkState(check, state, 1, ['learningRate', 'steps', 'slots']);
    const assign = prepareVariables(check, 'state.slots', this.slots, slots);
    this.learningRate = learningRate as number;
    this.steps = steps as number;
    assign();
  }

  dispose(): void {
    dispose(this.slots);
  }
}

interface TestRun {
  readonly [part: string]: LayersModel | Stateful;
  readonly model: LayersModel;
  readonly optimizer: Momentum;
  readonly random: RandomStream;
}

const newRun = (learningRate: number, seed: number): TestRun => {
  const model = tinyClassifier();
  return { model, optimizer: new Momentum(model, learningRate), random: new RandomStream(seed) };
};

function trainEpoch({ model, optimizer, random }: TestRun): void {
  for (let step = 0; step < 3; step++) {
    const { inputs, labels } = tinyBatch(6, random.integer(1000));
    optimizer.minimize(() => {
      const logits = model.apply(inputs, { training: true }) as Tensor;
      return mean(squaredDifference(oneHot(labels, 3), logits)) as Scalar;
    });
    dispose([inputs, labels]);
  }
}

function disposeRun({ model, optimizer }: TestRun): void {
  model.dispose();
  optimizer.dispose();
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});
// Savers that are garbage by now may be unlocking the folder meanwhile.
afterEach(() => rm(folder, { recursive: true, maxRetries: 3 }));

it('a run that is stopped after any epoch and resumed, configured differently, ends bit for bit the same', async () => {
  const epochs = 5;
  const uninterrupted = newRun(0.1, 1);
  for (let epoch = 0; epoch < epochs; epoch++) trainEpoch(uninterrupted);
  const expected = captureRun(check, uninterrupted);

  for (let sitting = 0; sitting < epochs; sitting++) {
    const run = newRun(sitting === 0 ? 0.1 : 99, sitting === 0 ? 1 : 99);
    const checkpoints = new CheckpointSaver(folder, { keepLast: 1 });
    const epoch = await checkpoints.resume(run);
    expect(epoch).toBe(sitting);
    trainEpoch(run);
    await checkpoints.save(epoch, run);
    await checkpoints.close();
    if (sitting === epochs - 1) expect(captureRun(check, run)).toEqual(expected);
    disposeRun(run);
  }
  disposeRun(uninterrupted);
});
