import { readFileSync } from 'node:fs';
import { AveragedModel, type AverageKind, updateBatchNorm } from '@loopwright/averaging';
import { namedVariables } from '@loopwright/core';
import { expectNoLeak } from '@loopwright/test-utils';
import { type Tensor, tensor, tidy, transpose, type Variable, variable } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

interface Value {
  readonly shape: number[];
  readonly data: number[];
}

interface Golden {
  readonly cases: {
    readonly averaging: {
      readonly models: Record<string, Value>[];
      readonly cases: {
        readonly name: string;
        readonly average: AverageKind;
        readonly includeBuffers: boolean;
        readonly expected: Record<string, Value>[];
      }[];
    };
    readonly batchNormTorch: {
      readonly epsilon: number;
      readonly weights: Record<string, Value>;
      readonly batches: Value[];
      readonly means: [Value, Value];
    };
    readonly batchNormNumpy: {
      readonly epsilon: number;
      readonly kernel: Value;
      readonly batches: Value[];
      readonly means: [Value, Value];
      readonly variances: [Value, Value];
    };
  };
}

const { cases }: Golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8'));

const toTensor = ({ data, shape }: Value) => tensor(data, shape);
const counter = '1.num_batches_tracked';

/** The largest difference, relative to the largest expected value where that is above 1. */
function expectClose(actual: Tensor, { data, shape }: Value, tolerance: number, what: string): void {
  expect(actual.shape, what).toEqual(shape);
  const scale = Math.max(1, ...data.map(Math.abs));
  const difference = Math.max(...Array.from(actual.dataSync(), (value, i) => Math.abs(value - data[i]!)));
  expect(difference / scale, what).toBeLessThan(tolerance);
}

describe("AveragedModel against PyTorch's", () => {
  const { models } = cases.averaging;
  const assign = (variables: Record<string, Variable>, values: Record<string, Value>) => {
    for (const [name, { data, shape }] of Object.entries(values))
      tidy(() => variables[name]?.assign(tensor(data, shape, name === counter ? 'int32' : 'float32')));
  };

  // Both compute avg + (p - avg) * k in float32; six updates differ by rounding only, a few units of 6e-8.
  it.each(cases.averaging.cases)('$name, includeBuffers $includeBuffers', async (golden) => {
    await expectNoLeak(() => {
      const parameters = Object.entries(models[0]!).map(([name, value]) => {
        const trainable = name.endsWith('weight') || name.endsWith('bias');
        const dtype = name === counter ? 'int32' : 'float32';
        return [name, tidy(() => variable(tensor(value.data, value.shape, dtype), trainable))] as const;
      });
      const variables = Object.fromEntries(parameters);
      const { average, includeBuffers } = golden;
      const averaged = new AveragedModel(variables, { average, includeBuffers });
      for (const [step, values] of models.entries()) {
        assign(variables, values);
        averaged.updateParameters();
        averaged.using(() => {
          for (const [name, expected] of Object.entries(golden.expected[step]!))
            expectClose(variables[name]!, expected, 1e-6, `${name} after update ${step + 1}`);
        });
        expect(variables[counter]?.dataSync()[0]).toBe(values[counter]?.data[0]);
      }
      averaged.dispose();
      for (const value of Object.values(variables)) value.dispose();
    });
  });
});

async function refresh(model: LayersModel, values: readonly Value[]): Promise<Record<string, Variable>> {
  const batches = values.map(toTensor);
  expect(await updateBatchNorm(model, batches)).toBe(2);
  for (const batch of batches) batch.dispose();
  return namedVariables(model);
}

describe('updateBatchNorm', () => {
  // The forward is float32: its rounding is 1e-6 of the largest activation at most.
  it("has the means of PyTorch's update_bn where batches are equal", () =>
    expectNoLeak(async () => {
      const { epsilon, weights, batches, means } = cases.batchNormTorch;
      const model = sequential({
        layers: [
          layers.dense({ name: 'first', units: 4, inputShape: [3], useBias: false }),
          layers.batchNormalization({ name: 'norm', epsilon }),
          layers.activation({ name: 'relu', activation: 'relu' }),
          layers.dense({ name: 'second', units: 2, useBias: false }),
          layers.batchNormalization({ name: 'norm_out', epsilon, momentum: 0.9 }),
        ],
      });
      const variables = namedVariables(model);
      const torchNames = {
        'first/kernel': '0.weight',
        'norm/gamma': '1.weight',
        'norm/beta': '1.bias',
        'second/kernel': '3.weight',
      };
      for (const [name, torchName] of Object.entries(torchNames)) {
        tidy(() => variables[name]?.assign(transpose(toTensor(weights[torchName]!))));
      }
      await refresh(model, batches);
      expectClose(variables['norm/moving_mean']!, means[0], 2e-6, 'first');
      expectClose(variables['norm_out/moving_mean']!, means[1], 2e-6, 'second');
      model.dispose();
    }));

  // Inputs have a mean of 50 to 65 with a spread of 1 within a batch: float32 holds their variance to 1e-5.
  it('has the mean and variance of all samples pooled, with a short last batch', () =>
    expectNoLeak(async () => {
      const { epsilon, kernel, batches, means, variances } = cases.batchNormNumpy;
      const model = sequential({
        layers: [
          layers.batchNormalization({ name: 'norm', epsilon, inputShape: [3, 2, 4] }),
          layers.activation({ name: 'relu', activation: 'relu' }),
          layers.conv2d({ name: 'point', kernelSize: 1, filters: 3, useBias: false }),
          layers.batchNormalization({ name: 'norm_out', epsilon, momentum: 0.5 }),
        ],
      });
      tidy(() => namedVariables(model)['point/kernel']?.assign(tensor(kernel.data, [1, 1, 4, 3])));
      const variables = await refresh(model, batches);
      for (const [index, name] of ['norm', 'norm_out'].entries()) {
        expectClose(variables[`${name}/moving_mean`]!, means[index]!, 2e-6, `mean of ${name}`);
        expectClose(variables[`${name}/moving_variance`]!, variances[index]!, 1e-5, `variance of ${name}`);
      }
      model.dispose();
    }));
});
