import { expectNoLeak, tinyClassifier } from '@loopwright/test-utils';
import { tensor1d, variable } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { namedVariables } from './named-variables.ts';

const unnamed = () =>
  sequential({
    layers: [layers.dense({ units: 2, inputShape: [3] }), layers.dense({ units: 1, useBias: false })],
  });

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

  it('keeps the keys of a record and refuses what holds no variables', () => {
    const w = variable(tensor1d([1]));
    expect(namedVariables({ w })).toEqual({ w });
    expect(() => namedVariables({ w: 1 } as never)).toThrow(
      '[loopwright/core] namedVariables: expected a tf.LayersModel or a record of tf.Variable, got { w }',
    );
    expect(() => namedVariables({})).toThrow('got {  }');
  });
});
