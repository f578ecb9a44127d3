import { expectNoLeak, tinyClassifier } from '@loopwright/test-utils';
import { tensor1d, variable } from '@tensorflow/tfjs-core';
import { layers, type RNN, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { namedVariables } from './named-variables.ts';

const unnamed = () =>
  sequential({
    layers: [layers.dense({ units: 2, inputShape: [3] }), layers.dense({ units: 1, useBias: false })],
  });

const dense = ['kernel', 'bias'];
const lstm = ['kernel', 'recurrent_kernel', 'bias'];
const weightsOf = (layer: string, weights: readonly string[]) =>
  weights.map((weight) => `${layer}/${weight}`);

describe('namedVariables', () => {
  it('gives layers of a model their names, live', async () => {
    const model = tinyClassifier();
    const variables = await expectNoLeak(() => namedVariables(model));
    expect(Object.keys(variables)).toEqual([
      'hidden/kernel',
      'norm/gamma',
      'norm/beta',
      'norm/moving_mean',
      'norm/moving_variance',
      'head/kernel',
      'head/bias',
    ]);
    expect(variables['norm/gamma']?.trainable).toBe(true);
    expect(variables['norm/moving_mean']?.trainable).toBe(false);
    variables['head/bias']?.assign(tensor1d([1, 2, 3]));
    expect(model.getLayer('head').getWeights()[1]?.arraySync()).toEqual([1, 2, 3]);
    model.dispose();
  });

  it('names unnamed layers alike in every copy of a model', () => {
    const [first, second] = [unnamed(), unnamed()];
    expect(Object.keys(namedVariables(first))).toEqual(['dense_1/kernel', 'dense_1/bias', 'dense_2/kernel']);
    expect(Object.keys(namedVariables(second))).toEqual(Object.keys(namedVariables(first)));
  });

  it('names the weights of nested models by their path', () => {
    const outer = sequential({ layers: [unnamed(), layers.dense({ name: 'head', units: 1 })] });
    expect(Object.keys(namedVariables(outer))).toEqual([
      'sequential_1/dense_1/kernel',
      'sequential_1/dense_1/bias',
      'sequential_1/dense_2/kernel',
      'head/kernel',
      'head/bias',
    ]);
  });

  it('names unnamed layers inside wrappers alike in every copy of a model, whichever of them are frozen', () => {
    const copy = () => {
      const cell = { units: 2, recurrentInitializer: 'glorotUniform', returnSequences: true } as const;
      const features = sequential({
        layers: [layers.dense({ units: 3, inputShape: [3] }), layers.dense({ units: 3 })],
      });
      const wrapped = layers.timeDistributed({ layer: features, inputShape: [4, 3] });
      const both = layers.bidirectional({ layer: layers.lstm(cell) as RNN, mergeMode: 'concat' });
      return { model: sequential({ layers: [wrapped, both] }), features };
    };
    const [first, second] = [copy(), copy()];
    const names = [
      ...['dense_1', 'dense_2'].flatMap((layer) => weightsOf(`time_distributed_1/${layer}`, dense)),
      ...weightsOf('bidirectional_1/forward_lstm_1', lstm),
      ...weightsOf('bidirectional_1/backward_lstm_1', lstm),
    ];
    expect(Object.keys(namedVariables(first.model))).toEqual(names);
    const kernel = namedVariables(second.model)['time_distributed_1/dense_1/kernel'];
    second.features.layers[0]!.trainable = false;
    const frozen = namedVariables(second.model);
    expect(Object.keys(frozen).sort()).toEqual([...names].sort());
    expect(frozen['time_distributed_1/dense_1/kernel']).toBe(kernel);
  });

  it('keeps the keys of a record and refuses what holds no variables', () => {
    const w = variable(tensor1d([1]));
    expect(namedVariables({ w })).toEqual({ w });
    expect(() => namedVariables({ w: 1 } as never)).toThrow(
      '[loopwright/core] namedVariables: expected a tf.LayersModel or a record of tf.Variable, got { w }',
    );
    expect(() => namedVariables({})).toThrow('got {  }');
  });
});
