import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedVariables } from '@loopwright/core';
import { save } from '@loopwright/safetensors';
import { expectNoLeak } from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallNet } from '../../../examples/models/small-net.ts';
import { torchWeightsOf } from '../../../examples/models/torch-names.ts';
import {
  exportTorchWeights,
  importTorchWeights,
  loadTorchWeights,
  saveTorchWeights,
} from '../../../examples/models/torch-weights.ts';
import { weight } from './generated-values.ts';

describe('weights in the form of PyTorch', () => {
  let folder: string;
  let model: tf.LayersModel;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'torch-weights-'));
    model = smallNet(tf, { classes: 7, inputShape: [16, 16, 3], seed: 1 });
  });
  afterAll(async () => {
    model.dispose();
    await rm(folder, { recursive: true });
  });

  /** A state dict as PyTorch saves it, its counters of batches included. */
  const stateDict = (): Record<string, tf.Tensor> => {
    const entries = Object.entries(torchWeightsOf(model));
    const weights = entries.map(([name, { torchShape }]) => [name, weight(name, torchShape)]);
    const counters = [1, 2, 3].map((n) => [`bn${n}.num_batches_tracked`, tf.scalar(99, 'int32')]);
    return Object.fromEntries([...weights, ...counters]);
  };
  const refused = (change: (state: Record<string, tf.Tensor>) => void, message: string) =>
    expectNoLeak(() => {
      const memory = () => Object.values(namedVariables(model)).map((variable) => variable.dataId);
      const before = memory();
      const state = stateDict();
      const all = Object.values(state);
      change(state);
      expect(() => importTorchWeights(model, state)).toThrow(
        `[loopwright/examples] importTorchWeights: ${message}`,
      );
      expect(
        memory().every((data, index) => data === before[index]),
        'nothing was assigned',
      ).toBe(true);
      tf.dispose([all, state]);
    });

  it('come back bit for bit, through a file', () =>
    expectNoLeak(async () => {
      const [path, again] = [join(folder, 'torch.safetensors'), join(folder, 'ours.safetensors')];
      const state = stateDict();
      await save(path, state);
      await loadTorchWeights(model, path);
      await saveTorchWeights(model, again);
      await loadTorchWeights(model, again);
      const exported = exportTorchWeights(model);
      for (const [name, tensor] of Object.entries(exported)) {
        expect(tensor.shape, name).toEqual(state[name]!.shape);
        expect(tensor.dataSync(), name).toEqual(state[name]!.dataSync());
      }
      expect(Object.keys(exported).length + 3).toBe(Object.keys(state).length);
      tf.dispose([state, exported]);
    }));

  it('are transposed: a kernel from [out, in, height, width], a linear layer from [out, in]', () =>
    expectNoLeak(() => {
      const state = stateDict();
      importTorchWeights(model, state);
      const variables = namedVariables(model);
      const at = (tensor: tf.Tensor, ...index: number[]) =>
        tf.tidy(() => tf.slice(tensor, index, Array(index.length).fill(1)).dataSync()[0]);
      expect(at(variables['conv2/kernel']!, 2, 1, 30, 60)).toBe(at(state['conv2.weight']!, 60, 30, 2, 1));
      expect(at(variables['fc2/kernel']!, 400, 6)).toBe(at(state['fc2.weight']!, 6, 400));
      // An image of 2×2 pixels and 128 channels comes flat: channels last here, channels first there.
      const [row, column, channel] = [1, 0, 77];
      const [here, there] = [(row * 2 + column) * 128 + channel, channel * 4 + row * 2 + column];
      expect(at(variables['fc1/kernel']!, here, 5)).toBe(at(state['fc1.weight']!, 5, there));
      tf.dispose(state);
    }));

  it('are refused whole if one is missing, unknown, or of another shape or type', async () => {
    await refused((state) => delete state['fc2.bias'], 'the state dict does not fit: missing "fc2.bias"');
    await refused((state) => {
      state['fc3.num_batches_tracked'] = tf.scalar(1, 'int32');
    }, 'the state dict does not fit: unknown "fc3.num_batches_tracked"');
    await refused((state) => {
      state['fc1.weight'] = tf.zeros([512, 420]);
    }, '"fc1.weight" must be a float32 tensor of shape [420, 512], got tensor "float32" of shape [512, 420]');
    await refused((state) => {
      state['bn1.bias'] = tf.zeros([32], 'int32');
    }, '"bn1.bias" must be a float32 tensor of shape [32], got tensor "int32" of shape [32]');
  });

  it('are not known for layers of other classes', () => {
    const other = tf.sequential({ layers: [tf.layers.prelu({ name: 'slope', inputShape: [2] })] });
    expect(() => exportTorchWeights(other)).toThrow(
      'no name in PyTorch is known for the weight "slope/alpha"',
    );
    other.dispose();
  });
});
