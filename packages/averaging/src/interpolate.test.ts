import { inPlaceKernels, provideInPlaceKernels } from '@loopwright/core/tensors';
import { countTensorsInEveryTest, EffectRecorder } from '@loopwright/test-utils';
import {
  dispose,
  getBackend,
  memory,
  randomNormal,
  type Tensor,
  tidy,
  variable,
} from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { AverageKind } from './average.ts';
import { AveragedModel } from './averaged-model.ts';

const kernels = inPlaceKernels();
countTensorsInEveryTest();
afterEach(() => {
  provideInPlaceKernels(getBackend(), kernels);
});

const random = (seed: number): Tensor => randomNormal([50, 3], 0, 1, 'float32', seed);
const makeWeights = () => tidy(() => ({ weights: variable(random(1)) }));
const kinds: AverageKind[] = ['swa', { ema: 0.9 }, { ema: 0.99, warmUp: true }];

describe.skipIf(kernels === undefined)('on an engine that changes variables in place', () => {
  it.each(kinds)('averages with %o as tensor operations do, bit for bit', (average) => {
    const sides = [makeWeights(), makeWeights()] as const;
    const averages = sides.map((model) => new AveragedModel(model, { average }));
    for (let step = 0; step < 6; step++) {
      for (const [index, available] of [kernels, undefined].entries()) {
        provideInPlaceKernels(getBackend(), available);
        tidy(() => sides[index]?.weights.assign(random(2 + step)));
        averages[index]?.updateParameters();
      }
      expect(averages[0]?.stateDict()).toEqual(averages[1]?.stateDict());
    }
    for (const averaged of averages) averaged.dispose();
    dispose([...sides]);
  });

  it('needs no memory for an update', () => {
    const model = makeWeights();
    const averaged = new AveragedModel(model);
    averaged.updateParameters();
    tidy(() => model.weights.assign(random(2)));
    averaged.updateParameters();
    const { numBytes } = memory();
    averaged.updateParameters();
    expect(memory().numBytes).toBe(numBytes);
    averaged.dispose();
    dispose(model);
  });
});

it('averages anew at each replay of a recording', () => {
  const [eager, replayed] = [makeWeights(), makeWeights()];
  const [expected, averaged] = [new AveragedModel(eager), new AveragedModel(replayed)];
  const recorder = new EffectRecorder();
  for (let step = 0; step < 4; step++) {
    tidy(() => {
      eager.weights.assign(random(step + 1));
      replayed.weights.assign(random(step + 1));
    });
    expected.updateParameters();
    if (step === 0) recorder.record(() => averaged.updateParameters());
    else recorder.replay([]);
  }
  expect(averaged.nAveraged).toBe(4);
  expect(averaged.stateDict()).toEqual(expected.stateDict());
  for (const each of [expected, averaged]) each.dispose();
  dispose([eager, replayed]);
});
