import { namedVariables, readTensor } from '@loopwright/core';
import { expectNoLeak, testVariable, tinyBatch, tinyClassifier } from '@loopwright/test-utils';
import {
  add,
  getBackend,
  mean as meanOf,
  moments,
  mul,
  type Tensor,
  tensor,
  tensor2d,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import { input, layers, model as layersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it, vi } from 'vitest';
import { AveragedModel } from './averaged-model.ts';
import { updateBatchNorm } from './update-batch-norm.ts';

type Variables = Record<string, Variable>;

const read = (variables: Variables) =>
  Object.fromEntries(Object.entries(variables).map(([name, held]) => [name, readTensor(held)]));

const disposeAll = (held: readonly { dispose(): void }[]) => {
  for (const each of held) each.dispose();
};

/** Rows of one column each: means 1, 5 and 100 with 2, 2 and 1 samples. */
const columns = [[0, 2], [4, 6], [100]];
const columnBatches = () => columns.map((column) => tensor2d(column, [column.length, 1]));
const columnMean = 112 / 5;
const columnVariance = columns.flat().reduce((sum, value) => sum + (value - columnMean) ** 2, 0) / 5;

/** A batch normalization by hand, over a record of variables. */
function handmade(alpha: number) {
  const variables = {
    gain: testVariable([1]),
    runningMean: testVariable([3], false),
    runningVar: testVariable([4], false),
  };
  const move = (statistic: Variable, value: Tensor) =>
    statistic.assign(add(mul(statistic, 1 - alpha), mul(value, alpha)));
  const forward = (images: Tensor) => {
    const { mean, variance } = moments(images, 0);
    move(variables.runningMean, mean);
    move(variables.runningVar, variance);
    return mul(images, variables.gain);
  };
  return { variables, forward };
}

function expectColumnMoments({ runningMean, runningVar }: { runningMean: Variable; runningVar: Variable }) {
  expect(runningMean.dataSync()[0]).toBeCloseTo(columnMean, 4);
  expect(runningVar.dataSync()[0]! / columnVariance).toBeCloseTo(1, 5);
}

describe('updateBatchNorm of a tf.LayersModel', () => {
  it('takes the cumulative mean, weighted by batch size, not an average by momentum', () =>
    expectNoLeak(async () => {
      const model = sequential({ layers: [layers.batchNormalization({ name: 'norm', inputShape: [1] })] });
      const batches = columnBatches();
      expect(await updateBatchNorm(model, batches)).toBe(1);
      const { 'norm/moving_mean': runningMean, 'norm/moving_variance': runningVar } = namedVariables(model);
      expectColumnMoments({ runningMean: runningMean!, runningVar: runningVar! });
      const first = read(namedVariables(model));
      await updateBatchNorm(model, batches);
      expect(read(namedVariables(model)), 'whatever the statistics were before').toEqual(first);
      disposeAll([model, ...batches]);
    }));

  it('changes nothing but statistics, those of nested and frozen layers too', () =>
    expectNoLeak(async () => {
      const inner = tinyClassifier();
      const model = sequential({
        layers: [
          inner,
          layers.batchNormalization({ name: 'last', momentum: 0.5 }),
          layers.dense({ units: 2 }),
        ],
      });
      inner.trainable = false;
      const variables = namedVariables(model);
      const before = read(variables);
      const { inputs, labels } = tinyBatch(8);
      expect(await updateBatchNorm(model, [{ images: inputs, labels }])).toBe(2);
      const after = read(variables);
      const changed = Object.keys(before).filter(
        (name) => before[name]?.data.join() !== after[name]?.data.join(),
      );
      expect(changed.map((name) => name.replace(/^sequential_1/, 'inner'))).toEqual([
        'inner/norm/moving_mean',
        'inner/norm/moving_variance',
        'last/moving_mean',
        'last/moving_variance',
      ]);
      disposeAll([model, inputs, labels]);
    }));

  it('refreshes the averages inside using(), and leaves the model its own statistics', () =>
    expectNoLeak(async () => {
      const model = tinyClassifier();
      const averaged = new AveragedModel(model);
      averaged.updateParameters();
      const { inputs, labels } = tinyBatch(8);
      const before = read(namedVariables(model));
      const statistics = () => [...(namedVariables(model)['norm/moving_mean']?.dataSync() ?? [])];
      const refreshed = await averaged.using(async () => {
        await updateBatchNorm(model, [inputs]);
        return statistics();
      });
      expect(read(namedVariables(model))).toEqual(before);
      expect(averaged.using(statistics)).toEqual(refreshed);
      expect(refreshed).not.toEqual(statistics());
      disposeAll([averaged, model, inputs, labels]);
    }));

  it('has nothing to do where nothing is normalized, and runs nothing', async () => {
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
    const forward = vi.fn();
    const batches = vi.fn(() => []);
    expect(await expectNoLeak(() => updateBatchNorm(model, batches, { forward }))).toBe(0);
    expect(forward).not.toHaveBeenCalled();
    expect(batches).not.toHaveBeenCalled();
    model.dispose();
  });

  it('refuses a layer that one forward moves twice, and puts the statistics back', () =>
    expectNoLeak(async () => {
      const shared = layers.batchNormalization({ name: 'norm' });
      const [a, b] = [input({ shape: [1] }), input({ shape: [1] })];
      const sum = layers.add().apply([shared.apply(a), shared.apply(b)] as (typeof a)[]);
      const model = layersModel({ inputs: [a, b], outputs: sum as typeof a });
      const before = read(namedVariables(model));
      const batches = columnBatches();
      const forward = (x: Tensor) => model.apply([x, x], { training: true });
      await expect(updateBatchNorm(model, batches, { forward })).rejects.toThrow(
        'momentum of "norm/moving_mean" is 0.99, but forward moves it as with 0.9801; is its layer applied more than once?',
      );
      expect(read(namedVariables(model))).toEqual(before);
      // model.dispose() leaves the weights of a layer that is used twice.
      disposeAll([...Object.values(namedVariables(model)), ...batches]);
    }));

  it('asks how a model of several inputs is run', () =>
    expectNoLeak(async () => {
      const inputs = [input({ shape: [1] }), input({ shape: [1] })];
      const norm = layers.batchNormalization();
      const outputs = norm.apply(layers.add().apply(inputs)) as (typeof inputs)[number];
      const model = layersModel({ inputs, outputs });
      const [left, right] = [tensor2d([[1], [3]]), tensor2d([[10], [20]])];
      await expect(updateBatchNorm(model, [[left, right]])).rejects.toThrow(
        '[loopwright/averaging] updateBatchNorm: forward is needed where the model has 2 inputs',
      );
      const forward = (batch: Tensor[]) => model.apply(batch, { training: true });
      expect(await updateBatchNorm(model, [[left, right]], { forward })).toBe(1);
      const [, , movingMean] = norm.getWeights();
      expect(movingMean?.dataSync()[0]).toBeCloseTo(17, 4);
      disposeAll([model, left, right]);
    }));

  it('refreshes layers without scale or center where the engine can train them, and else names them', () =>
    expectNoLeak(async () => {
      for (const options of [{ scale: false }, { center: false }]) {
        const model = sequential({
          layers: [layers.batchNormalization({ name: 'norm', inputShape: [1], ...options })],
        });
        const batches = columnBatches();
        if (getBackend() === 'cpu') {
          await expect(updateBatchNorm(model, batches)).rejects.toThrow(
            '[loopwright/averaging] updateBatchNorm: layer "norm": TensorFlow.js cannot run batchNormalization({ scale: false })',
          );
        } else {
          expect(await updateBatchNorm(model, batches)).toBe(1);
          const variables = namedVariables(model) as Record<`norm/moving_${'mean' | 'variance'}`, Variable>;
          expectColumnMoments({
            runningMean: variables['norm/moving_mean'],
            runningVar: variables['norm/moving_variance'],
          });
        }
        disposeAll([model, ...batches]);
      }
    }));

  it('refuses a forward in inference mode', () =>
    expectNoLeak(async () => {
      const model = tinyClassifier();
      const { inputs, labels } = tinyBatch();
      const before = read(namedVariables(model));
      await expect(
        updateBatchNorm(model, [inputs], { forward: (x) => model.apply(x, { training: false }) }),
      ).rejects.toThrow('forward left "norm/moving_mean" as it was: it must run the model in training mode');
      expect(read(namedVariables(model))).toEqual(before);
      disposeAll([model, inputs, labels]);
    }));
});

describe('updateBatchNorm of variables and a forward', () => {
  it.each([0.1, 0.01, 1 / 3, 1])('measures the smoothing factor %d', (alpha) =>
    expectNoLeak(async () => {
      const { variables, forward } = handmade(alpha);
      const batches = columnBatches();
      expect(await updateBatchNorm(variables, batches, { forward })).toBe(1);
      expectColumnMoments(variables);
      expect(variables.gain.dataSync()[0]).toBe(1);
      disposeAll([...Object.values(variables), ...batches]);
    }),
  );

  it('takes the momentum given, and says when the forward has another', () =>
    expectNoLeak(async () => {
      const { variables, forward } = handmade(0.25);
      const batches = columnBatches();
      await updateBatchNorm(variables, batches, { forward, momentum: 0.75 });
      expectColumnMoments(variables);
      await expect(updateBatchNorm(variables, batches, { forward, momentum: 0.9 })).rejects.toThrow(
        'momentum of "runningMean" is 0.9, but forward moves it as with 0.75',
      );
      expectColumnMoments(variables);
      disposeAll([...Object.values(variables), ...batches]);
    }));

  it('takes the statistics named, of any shape', () =>
    expectNoLeak(async () => {
      const [mu, nu] = tidy(() => [5, 5].map((value) => variable(tensor([value], [1, 1]), false))) as [
        Variable,
        Variable,
      ];
      const forward = (x: Tensor) => {
        const { mean, variance } = moments(x, 0, true);
        mu.assign(add(mul(mu, 0.5), mul(mean, 0.5)));
        nu.assign(add(mul(nu, 0.5), mul(variance, 0.5)));
      };
      const batches = columnBatches();
      const statistics = [{ mean: 'mu', variance: 'nu' }];
      expect(await updateBatchNorm({ mu, nu }, batches, { forward }), 'not recognized').toBe(0);
      expect(await updateBatchNorm({ mu, nu }, batches, { forward, statistics })).toBe(1);
      expectColumnMoments({ runningMean: mu, runningVar: nu });
      expect(mu.shape).toEqual([1, 1]);
      disposeAll([mu, nu, ...batches]);
    }));

  it('reads batches from arrays, generators, asynchronous ones, functions and in any of their forms', () =>
    expectNoLeak(async () => {
      const { variables, forward } = handmade(0.1);
      const batches = columnBatches();
      async function* streamed() {
        for (const images of batches) {
          await Promise.resolve();
          yield { images };
        }
      }
      await updateBatchNorm(variables, streamed(), { forward: ({ images }) => forward(images) });
      expectColumnMoments(variables);
      const forms: [string, (images: Tensor) => unknown][] = [
        ['tensor', (images) => images],
        ['list', (images) => [images, 'labels']],
        ['images', (images) => ({ images })],
        ['inputs', (inputs) => ({ inputs })],
        ['xs', (xs) => ({ xs })],
      ];
      for (const [form, wrap] of forms) {
        const seen: unknown[] = [];
        const list = () => batches.map(wrap);
        await updateBatchNorm(variables, list, {
          forward: (batch) => {
            seen.push(batch);
            return forward(batches[(seen.length - 1 || 1) - 1]!);
          },
        });
        expect(seen, form).toEqual([list()[0], ...list()]);
        expectColumnMoments(variables);
      }
      const pairs = batches.map((images, index) => ({ index, images: 'elsewhere', held: images }));
      await updateBatchNorm(variables, pairs, {
        inputs: ({ held }) => held,
        forward: ({ held }) => forward(held),
      });
      expectColumnMoments(variables);
      disposeAll([...Object.values(variables), ...batches]);
    }));

  it('lets a generator dispose each batch when the next is asked for', () =>
    expectNoLeak(async () => {
      const { variables, forward } = handmade(0.1);
      function* disposing() {
        for (const column of columns) {
          const batch = tensor2d(column, [column.length, 1]);
          try {
            yield batch;
          } finally {
            batch.dispose();
          }
        }
      }
      await updateBatchNorm(variables, disposing, { forward });
      expectColumnMoments(variables);
      const failing = (x: Tensor) => {
        forward(x);
        throw new Error('midway');
      };
      await expect(updateBatchNorm(variables, disposing(), { forward: failing })).rejects.toThrow('midway');
      expectColumnMoments(variables);
      disposeAll(Object.values(variables));
    }));

  it('puts the statistics back whatever fails: forward, the batches, a value that is not finite', () =>
    expectNoLeak(async () => {
      const { variables, forward } = handmade(0.1);
      const batches = columnBatches();
      const before = read(variables);
      let calls = 0;
      const failLater = (x: Tensor) => {
        if (++calls === 4) throw new Error('midway');
        return forward(x);
      };
      await expect(updateBatchNorm(variables, batches, { forward: failLater })).rejects.toThrow('midway');
      function* broken() {
        yield* batches;
        throw new Error('disk');
      }
      await expect(updateBatchNorm(variables, broken, { forward })).rejects.toThrow('disk');
      const poisoned = tidy(() => mul(batches[0]!, Number.NaN));
      await expect(updateBatchNorm(variables, [...batches, poisoned], { forward })).rejects.toThrow(
        '"runningMean" becomes NaN; are the inputs and weights finite?',
      );
      expect(read(variables)).toEqual(before);
      disposeAll([...Object.values(variables), ...batches, poisoned]);
    }));

  it('refuses no batches, empty batches and what is no batch, and changes nothing', () =>
    expectNoLeak(async () => {
      const { variables, forward } = handmade(0.1);
      const before = read(variables);
      const empty = tensor2d([], [0, 1]);
      const refusals: [unknown, string][] = [
        [[], 'batches holds no batch'],
        [() => [], 'batches holds no batch'],
        [[empty], 'a batch must hold at least one sample, got tensor "float32" of shape [0, 1]'],
        [[{ labels: empty }], 'a batch must be a tensor, have one as images, inputs or xs, or be a list'],
        [[undefined], 'got undefined'],
        [
          empty,
          'batches must be an iterable or a function that returns one, got tensor "float32" of shape [0, 1]',
        ],
        [undefined, 'batches must be an iterable or a function that returns one, got undefined'],
      ];
      for (const [batches, message] of refusals) {
        await expect(updateBatchNorm(variables, batches as Tensor[], { forward })).rejects.toThrow(message);
      }
      expect(read(variables)).toEqual(before);
      disposeAll([...Object.values(variables), empty]);
    }));

  it('refuses options and statistics that it cannot work with', () =>
    expectNoLeak(async () => {
      const { variables, forward } = handmade(0.1);
      const batches = columnBatches();
      const trainable = { ...variables, runningVar: variables.gain };
      const { runningVar: _, ...alone } = variables;
      const statistics = [{ mean: 'runningMean', variance: 'other' }];
      const refusals: [Variables, object, string][] = [
        [variables, {}, 'forward is needed where the model is a record of variables'],
        [variables, { forward: 1 }, 'forward must be a function, got 1'],
        [variables, { forwards: forward }, 'unknown option "forwards" (did you mean forward?)'],
        [variables, { forward, inputs: 'images' }, 'inputs must be a function, got "images"'],
        [
          variables,
          { forward, momentum: 1 },
          'momentum must be a finite number at least 0 and less than 1, got 1',
        ],
        [variables, { forward, statistics }, 'statistics: the model has no variable "other"'],
        [
          variables,
          { forward, statistics: 'mean' },
          'statistics must be a list of { mean, variance }, got "mean"',
        ],
        [
          variables,
          { forward, statistics: [{ mean: 'runningMean' }] },
          'statistics.variance must be a non-empty string',
        ],
        [trainable, { forward }, '"runningVar" is trainable, so it cannot hold a running statistic'],
        [alone, { forward }, '"runningMean" has no partner; name the pairs in options.statistics'],
        [variables, { forward: async (x: Tensor) => meanOf(x) }, 'forward must be synchronous'],
      ];
      for (const [given, options, message] of refusals) {
        await expect(updateBatchNorm(given, batches, options)).rejects.toThrow(
          `[loopwright/averaging] updateBatchNorm: ${message}`,
        );
      }
      disposeAll([...Object.values(variables), ...batches]);
    }));
});
