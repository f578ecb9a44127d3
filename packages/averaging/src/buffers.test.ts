import { namedVariables } from '@loopwright/core';
import { expectNoLeak, testVariable, tinyClassifier } from '@loopwright/test-utils';
import { input, type LayersModel, layers, model, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { defaultBuffers } from './buffers.ts';

const buffersOf = (subject: LayersModel) => {
  const isBuffer = defaultBuffers(subject);
  const entries = Object.entries(namedVariables(subject));
  return entries.filter((entry) => isBuffer(...entry)).map(([name]) => name);
};

describe('defaultBuffers', () => {
  it('tells statistics from the kernels of a frozen layer, which are not trainable either', () => {
    const subject = tinyClassifier();
    const expected = ['norm/moving_mean', 'norm/moving_variance'];
    expect(buffersOf(subject)).toEqual(expected);
    for (const layer of subject.layers) layer.trainable = false;
    expect(Object.values(namedVariables(subject)).some((held) => held.trainable)).toBe(false);
    expect(buffersOf(subject)).toEqual(expected);
    subject.trainable = false;
    expect(buffersOf(subject)).toEqual(expected);
    subject.dispose();
  });

  it('finds statistics in nested models and in wrappers', () => {
    const images = input({ shape: [2, 4] });
    const wrapped = layers.timeDistributed({ name: 'steps', layer: layers.batchNormalization() });
    const flat = layers.flatten().apply(wrapped.apply(images));
    const inner = sequential({
      name: 'inner',
      layers: [
        layers.dense({ name: 'hidden', units: 3, inputShape: [8] }),
        layers.batchNormalization({ name: 'norm' }),
      ],
    });
    const outer = model({ inputs: images, outputs: inner.apply(flat) as typeof images });
    inner.trainable = false;
    expect(buffersOf(outer)).toEqual([
      'steps/moving_mean',
      'steps/moving_variance',
      'inner/norm/moving_mean',
      'inner/norm/moving_variance',
    ]);
    outer.dispose();
  });

  it('takes the variables of a record that are not trainable', () =>
    expectNoLeak(() => {
      const variables = { kernel: testVariable([1]), mean: testVariable([1], false) };
      const isBuffer = defaultBuffers(variables);
      expect(isBuffer('kernel', variables.kernel)).toBe(false);
      expect(isBuffer('mean', variables.mean)).toBe(true);
      for (const held of Object.values(variables)) held.dispose();
    }));
});
