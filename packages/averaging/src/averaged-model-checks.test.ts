import { LoopwrightError, type StateDict, type StateValue } from '@loopwright/core';
import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import { tensor1d, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { AveragedModel } from './averaged-model.ts';

const makeVariables = () => ({
  kernel: testVariable([0, 0]),
  mean: testVariable([0, 0], false),
  steps: tidy(() => variable(tensor1d([0], 'int32'), false)),
});

const disposeAll = (variables: Record<string, Variable>) => {
  for (const held of Object.values(variables)) held.dispose();
};

const withAverage = (run: (averaged: AveragedModel) => unknown) =>
  expectNoLeak(async () => {
    const variables = makeVariables();
    const averaged = new AveragedModel(variables);
    await run(averaged);
    averaged.dispose();
    disposeAll(variables);
  });

describe('what AveragedModel refuses', () => {
  it('loads a state of before the first update', () =>
    withAverage(async (averaged) => {
      const fresh = averaged.stateDict();
      averaged.updateParameters();
      averaged.loadStateDict(fresh);
      expect(averaged.nAveraged).toBe(0);
      expect(averaged.stateDict()).toEqual(fresh);
    }));

  it.each<[string, (state: StateDict) => object]>([
    ['state.nAveraged must be an integer at least 0, got -1', () => ({ nAveraged: -1 })],
    ['average must be "swa" or { ema: decay }, got "best"', () => ({ average: 'best' })],
    ['state.includeBuffers must be true or false, got 1', () => ({ includeBuffers: 1 })],
    [`state.buffers must be names of the model's variables, got ["other"]`, () => ({ buffers: ['other'] })],
    ['every must be a positive integer, got 0', () => ({ every: 0 })],
    ['state.averages does not fit: missing "kernel", "mean", "steps"', () => ({ averages: {} })],
    ['state.averages does not fit: unknown "kernel", "mean", "steps"', () => ({ nAveraged: 0 })],
    [
      'state.averages["kernel"] is int32 [1], expected float32 [2]',
      ({ averages }) => {
        const values = averages as Record<string, StateValue>;
        return { averages: { ...values, kernel: values.steps } };
      },
    ],
  ])('changes nothing when a state is refused: %s', (message, change) =>
    withAverage((averaged) => {
      averaged.updateParameters();
      const state = averaged.stateDict();
      const wrong = { ...state, ...change(state) };
      expect(() => averaged.loadStateDict(wrong)).toThrow(`[loopwright/averaging] AveragedModel: ${message}`);
      expect(averaged.stateDict()).toEqual(state);
    }),
  );

  it.each<[object, string]>([
    [
      { avg: 'swa' },
      'unknown option "avg" (known options: average, includeBuffers, buffers, start, every, total)',
    ],
    [{ average: 'ema' }, 'average must be "swa" or { ema: decay }, got "ema"'],
    [{ includeBuffers: 'yes' }, 'includeBuffers must be true or false, got "yes"'],
    [{ buffers: ['mean'] }, 'buffers must be a function, got ["mean"]'],
    [{ start: -1 }, 'start must be an integer at least 0, got -1'],
    [{ every: 0 }, 'every must be a positive integer, got 0'],
    [{ start: 10, total: 10 }, 'total must be an integer greater than 10, got 10'],
  ])('refuses options %j', (options, message) =>
    expectNoLeak(() => {
      const variables = makeVariables();
      expect(() => new AveragedModel(variables, options)).toThrow(`AveragedModel: ${message}`);
      disposeAll(variables);
    }),
  );

  it('refuses what holds no variables', () => {
    expect(() => new AveragedModel({})).toThrow(LoopwrightError);
    expect(() => new AveragedModel(sequential({ layers: [layers.flatten({ inputShape: [2, 2] })] }))).toThrow(
      'model has no variables',
    );
  });
});
