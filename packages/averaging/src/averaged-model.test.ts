import { namedVariables } from '@loopwright/core';
import {
  expectNoLeak,
  expectStateful,
  testVariable,
  tinyBatch,
  tinyClassifier,
} from '@loopwright/test-utils';
import {
  backend,
  engine,
  memory,
  ones,
  type Tensor,
  tensor1d,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { AveragedModel, type AveragedModelOptions } from './averaged-model.ts';

type Variables = Record<string, Variable>;

const makeVariables = (): Variables => ({
  kernel: testVariable([0, 0]),
  mean: testVariable([0, 0], false),
  steps: variable(tensor1d([0], 'int32'), false),
});

/** The state after `step` steps of some training. */
function train(variables: Variables, step: number): void {
  tidy(() => {
    variables.kernel?.assign(tensor1d([Math.sin(step), step ** 2]));
    variables.mean?.assign(tensor1d([Math.cos(step), 10 * step]));
    variables.steps?.assign(tensor1d([step], 'int32'));
  });
}

const read = (variables: Variables) =>
  Object.fromEntries(Object.entries(variables).map(([name, held]) => [name, [...held.dataSync()]]));

const disposeAll = (variables: Variables) => {
  for (const held of Object.values(variables)) held.dispose();
};

/** Runs a test on variables and their average, and checks that nothing is left of either. */
async function withAverage(
  options: AveragedModelOptions,
  run: (averaged: AveragedModel, variables: Variables) => unknown,
): Promise<void> {
  await expectNoLeak(async () => {
    const variables = tidy(makeVariables);
    const averaged = new AveragedModel(variables, options);
    await run(averaged, variables);
    averaged.dispose();
    disposeAll(variables);
  });
}

/** Every kind of average: a new one is a row. */
const kinds: Record<string, AveragedModelOptions> = {
  swa: { average: 'swa' },
  'swa of buffers too': { average: 'swa', includeBuffers: true },
  ema: { average: { ema: 0.9 } },
  'ema with warm-up': { average: { ema: 0.9, warmUp: true } },
};

describe.each(Object.entries(kinds))('AveragedModel: %s', (_name, options) => {
  it('resumes in a differently configured copy', () => {
    const models = new Map<AveragedModel, Variables>();
    const make = (given: AveragedModelOptions) => {
      const variables = tidy(makeVariables);
      const averaged = new AveragedModel(variables, given);
      models.set(averaged, variables);
      return averaged;
    };
    return expectNoLeak(() =>
      expectStateful({
        make: () => make({ ...options, start: 1, every: 3, total: 11 }),
        makeOther: () => make({ average: { ema: 0.5 }, includeBuffers: true, buffers: () => true }),
        advance: (averaged, step) => {
          train(models.get(averaged)!, step);
          averaged.updateAt(step);
        },
        observe: (averaged) => [averaged.nAveraged, averaged.using(() => read(models.get(averaged)!))],
        dispose: (averaged) => {
          averaged.dispose();
          disposeAll(models.get(averaged)!);
        },
      }),
    );
  });

  it('copies the first model, integers and all, and keeps its own copy', () =>
    withAverage(options, (averaged, variables) => {
      train(variables, 3);
      const first = read(variables);
      averaged.updateParameters();
      train(variables, 4);
      averaged.using(() => expect(read(variables)).toEqual(first));
    }));

  it('reads nothing back and leaves no tensor when updating and swapping', () =>
    withAverage(options, async (averaged, variables) => {
      averaged.updateParameters();
      const reads = [vi.spyOn(backend(), 'readSync'), vi.spyOn(backend(), 'read')];
      train(variables, 2);
      await expectNoLeak(() => averaged.updateParameters());
      await expectNoLeak(() => averaged.swap());
      await expectNoLeak(() => averaged.swap());
      for (const spy of reads) {
        expect(spy).not.toHaveBeenCalled();
        spy.mockRestore();
      }
    }));

  it('swaps bit for bit, and back', () =>
    withAverage(options, (averaged, variables) => {
      for (const step of [1, 2, 3]) {
        train(variables, step);
        averaged.updateParameters();
      }
      const weights = read(variables);
      averaged.swap();
      expect(averaged.swapped).toBe(true);
      expect(read(variables)).not.toEqual(weights);
      averaged.swap();
      expect(averaged.swapped).toBe(false);
      expect(read(variables)).toEqual(weights);
    }));
});

describe('AveragedModel', () => {
  const averagesAfter = (averaged: AveragedModel, variables: Variables) => {
    for (const step of [1, 2, 4]) {
      train(variables, step);
      averaged.updateParameters();
    }
    return averaged.using(() => read(variables));
  };

  it('copies statistics and integers at every update, by default', () =>
    withAverage({}, (averaged, variables) => {
      const averages = averagesAfter(averaged, variables);
      expect(averages.kernel?.[1]).toBeCloseTo((1 + 4 + 16) / 3, 6);
      expect(averages.mean?.[1]).toBe(40);
      expect(averages.steps).toEqual([4]);
    }));

  it('averages statistics, but not integers, with includeBuffers', () =>
    withAverage({ includeBuffers: true }, (averaged, variables) => {
      const averages = averagesAfter(averaged, variables);
      expect(averages.mean?.[1]).toBeCloseTo((10 + 20 + 40) / 3, 5);
      expect(averages.steps).toEqual([4]);
    }));

  it('lets the user say what is a buffer', () =>
    withAverage({ buffers: (name) => name === 'kernel' }, (averaged, variables) => {
      const averages = averagesAfter(averaged, variables);
      expect(averages.kernel?.[1]).toBe(16);
      expect(averages.mean?.[1]).toBeCloseTo(70 / 3, 5);
    }));

  it('averages the kernels of frozen layers, and copies their statistics', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      for (const layer of model.layers) layer.trainable = false;
      const averaged = new AveragedModel(model);
      averaged.updateParameters();
      const variables = namedVariables(model);
      tidy(() => {
        for (const held of Object.values(variables)) held.assign(ones(held.shape));
      });
      const before = averaged.using(() => variables['hidden/kernel']?.dataSync()[0] ?? 0);
      averaged.updateParameters();
      averaged.using(() => {
        expect(variables['hidden/kernel']?.dataSync()[0]).toBeCloseTo((1 + before) / 2, 6);
        expect(variables['norm/moving_mean']?.dataSync()[0]).toBe(1);
      });
      averaged.dispose();
      model.dispose();
    }));

  it('sees the last epoch: updated after each epoch, and with `total` whatever `every` is', () =>
    withAverage({ average: { ema: 0 }, start: 2, every: 3, total: 7 }, (averaged, variables) => {
      const due = Array.from({ length: 7 }, (_, epoch) => {
        train(variables, epoch);
        return averaged.updateAt(epoch);
      });
      expect(due).toEqual([false, false, true, false, false, true, true]);
      expect(averaged.nAveraged).toBe(3);
      expect(averaged.using(() => variables.kernel?.dataSync()[1])).toBe(36);
    }));

  it('decides by the position alone, so a resumed run averages the same epochs', () =>
    withAverage({ start: 4, every: 3 }, (averaged) => {
      expect([9, 10, 3, 4].map((position) => averaged.updateAt(position))).toEqual([
        false,
        true,
        false,
        true,
      ]);
      expect(() => averaged.updateAt(-1)).toThrow('position must be an integer at least 0, got -1');
      expect(() => averaged.updateAt(0.5)).toThrow('position must be an integer at least 0, got 0.5');
    }));

  it('refuses a swap before the first update, and changes nothing', () =>
    withAverage({}, (averaged, variables) => {
      train(variables, 1);
      const weights = read(variables);
      const message =
        '[loopwright/averaging] AveragedModel: nothing is averaged yet: call updateParameters() before';
      expect(() => averaged.swap()).toThrow(`${message} swap()`);
      expect(() => averaged.using(() => 1)).toThrow(message);
      expect(() => averaged.copyTo(variables)).toThrow(`${message} copyTo()`);
      expect(read(variables)).toEqual(weights);
    }));

  it('refuses to save or load while swapped, so that no run resumes from averaged weights', () =>
    withAverage({}, (averaged, variables) => {
      train(variables, 1);
      averaged.updateParameters();
      const state = averaged.stateDict();
      const message = 'while swapped would take the averages for the weights: swap() back first';
      averaged.using(() => {
        expect(() => averaged.stateDict()).toThrow(`stateDict() ${message}`);
        expect(() => averaged.loadStateDict(state)).toThrow(`loadStateDict() ${message}`);
        expect(() => averaged.dispose()).toThrow('dispose() while swapped would lose the trained weights');
      });
      expect(averaged.stateDict()).toEqual(state);
    }));

  it('refuses to average averages: its own, or those of another AveragedModel of the model', () =>
    withAverage({}, (averaged, variables) => {
      const other = new AveragedModel(variables, { average: { ema: 0.9 } });
      averaged.updateParameters();
      other.updateParameters();
      averaged.using(() => {
        for (const each of [averaged, other]) {
          expect(() => each.updateParameters()).toThrow(
            'updateParameters() is refused while the model holds averages: swap() back first, or leave using()',
          );
          expect(() => each.using(() => 1)).toThrow('using() is refused while the model holds averages');
          expect(() => each.copyTo(variables)).toThrow('copyTo() is refused while the model holds averages');
        }
        expect(() => other.swap()).toThrow('swap() is refused while the model holds averages');
      });
      expect([averaged.nAveraged, other.nAveraged]).toEqual([1, 1]);
      other.updateParameters();
      other.dispose();
    }));

  it('puts the weights back when the function returns, throws, resolves or rejects', () =>
    withAverage({}, async (averaged, variables) => {
      averaged.updateParameters();
      train(variables, 5);
      const weights = read(variables);
      const averages = averaged.using(() => read(variables));
      expect(averages).not.toEqual(weights);
      expect(read(variables)).toEqual(weights);

      const failure = new Error('in fn');
      const fail = () => {
        throw failure;
      };
      expect(() => averaged.using(fail)).toThrow(failure);
      expect(read(variables)).toEqual(weights);

      const pending = averaged.using(async () => {
        await Promise.resolve();
        return read(variables);
      });
      expect(averaged.swapped).toBe(true);
      expect(await pending).toEqual(averages);
      expect(read(variables)).toEqual(weights);

      await expect(averaged.using(async () => fail())).rejects.toBe(failure);
      expect(read(variables)).toEqual(weights);
      averaged.using(() => averaged.swap());
      expect(read(variables)).toEqual(weights);
      expect(() => averaged.using(1 as never)).toThrow('fn must be a function, got 1');
    }));

  it('keeps what a function does to the averages, until the next update copies the statistics', () =>
    withAverage({}, (averaged, variables) => {
      train(variables, 1);
      averaged.updateParameters();
      averaged.using(() => tidy(() => variables.mean?.assign(tensor1d([7, 7]))));
      expect(variables.mean?.dataSync()[1]).toBe(10);
      expect(averaged.using(() => [...(variables.mean as Tensor).dataSync()])).toEqual([7, 7]);
      averaged.updateParameters();
      expect(averaged.using(() => variables.mean?.dataSync()[1])).toBe(10);
    }));

  it('copies the averages into another model, or for good into its own', () =>
    withAverage({}, async (averaged, variables) => {
      const target = tidy(makeVariables);
      const averages = averagesAfter(averaged, variables);
      await expectNoLeak(() => averaged.copyTo(target));
      expect(read(target)).toEqual(averages);
      train(target, 9);
      averaged.using(() => averaged.copyTo(target));
      expect(read(target)).toEqual(averages);
      averaged.copyTo(variables);
      expect(read(variables)).toEqual(averages);
      disposeAll(target);
    }));

  it('copies nothing into a model that differs', () =>
    withAverage({}, (averaged, variables) => {
      averagesAfter(averaged, variables);
      const { mean: fitting, ...others } = tidy(makeVariables);
      fitting?.dispose();
      const target = { ...others, mean: testVariable([1, 2, 3], false) };
      const before = read(target);
      expect(() => averaged.copyTo(target)).toThrow(
        'target["mean"] is tensor "float32" of shape [3], expected float32 of shape [2]',
      );
      const { mean, ...fewer } = target;
      expect(() => averaged.copyTo(fewer)).toThrow('target does not fit: missing "mean"');
      expect(read(target)).toEqual(before);
      disposeAll(target);
    }));

  it('gives the same outputs from a copied model as from the swapped one', () =>
    expectNoLeak(async () => {
      const [model, copy] = [tinyClassifier(), tinyClassifier()];
      const averaged = new AveragedModel(model);
      const { inputs, labels } = tinyBatch();
      averaged.updateParameters();
      tidy(() => namedVariables(model)['head/bias']?.assign(tensor1d([3, 2, 1])));
      averaged.updateParameters();
      averaged.copyTo(copy);
      const outputs = (subject: typeof model) =>
        tidy(() => [...(subject.predict(inputs) as Tensor).dataSync()]);
      expect(averaged.using(() => outputs(model))).toEqual(outputs(copy));
      expect(outputs(model)).not.toEqual(outputs(copy));
      for (const held of [averaged, model, copy, inputs, labels]) held.dispose();
    }));

  it('averages tied variables once', () =>
    expectNoLeak(() => {
      const tied = testVariable([1]);
      const averaged = new AveragedModel({ embedding: tied, head: tied });
      averaged.updateParameters();
      tidy(() => tied.assign(tensor1d([3])));
      averaged.updateParameters();
      expect(averaged.using(() => tied.dataSync()[0])).toBe(2);
      expect(tied.dataSync()[0]).toBe(3);
      averaged.dispose();
      tied.dispose();
    }));

  it('holds one variable for each of the model, none of them trainable, until disposed', () =>
    withAverage({}, (averaged, variables) => {
      const trainable = () =>
        Object.values(engine().registeredVariables).filter((held) => held.trainable).length;
      const before = memory().numTensors;
      const trainableBefore = trainable();
      averaged.updateParameters();
      expect(trainable()).toBe(trainableBefore);
      expect(memory().numTensors - before).toBe(Object.keys(variables).length);
      averaged.dispose();
      expect(memory().numTensors).toBe(before);
      expect(averaged.nAveraged).toBe(0);
      averaged.dispose();
    }));
});
