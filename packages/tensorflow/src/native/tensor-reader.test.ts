import { readTensor, readTensorsInto } from '@loopwright/core';
import { tf } from '@loopwright/tensorflow';
import { expectNoLeak } from '@loopwright/test-utils';
import { expect, it } from 'vitest';
import { autocast } from '../autocast/autocast.ts';
import { activeNativeBackend } from './native-backend.ts';

/** Reads a tensor to shared memory. */
function readShared(tensor: tf.Tensor) {
  const memory = new Uint8Array(new SharedArrayBuffer(64));
  const value = readTensorsInto(
    (bytes) => memory.subarray(0, bytes),
    () => readTensor(tensor),
  );
  expect(value.data.buffer).toBe(memory.buffer);
  return value;
}

it.each(['float32', 'int32', 'bool'] as const)('reads %s tensors, computed and not', (dtype) =>
  expectNoLeak(() =>
    tf.tidy(() => {
      const given = tf.tensor2d([1, 0, 1, 1], [2, 2], dtype);
      const computed = tf.transpose(tf.tensor2d([1, 1, 0, 1], [2, 2], dtype));
      for (const tensor of [given, computed, tf.slice(computed, [0, 0], [0, 2])]) {
        const shared = readShared(tensor);
        expect(shared).toEqual(readTensor(tensor));
        expect(shared.data.constructor).toBe(readTensor(tensor).data.constructor);
      }
    }),
  ),
);

it('reads variables in float32 where they are kept in bfloat16', () =>
  expectNoLeak(() => {
    const weights = tf.tidy(() => tf.variable(tf.add(tf.ones([3]), 1 / 3)));
    const expected = readTensor(weights);
    const look = autocast(
      () => {
        const reduced = tf.matMul(tf.ones([1, 3]), tf.reshape(weights, [3, 1]));
        expect(readShared(reduced)).toEqual(readTensor(reduced));
        expect(readShared(weights)).toEqual(expected);
      },
      { dtype: 'bfloat16' },
    );
    tf.tidy(look);
    weights.dispose();
  }));

it('refuses memory of another size', () => {
  const backend = activeNativeBackend();
  const tensor = tf.tidy(() => tf.add(tf.ones([3]), 1));
  const [id] = backend?.getInputTensorIds([tensor]) ?? [];
  expect(() => backend?.binding.loopwright?.readTensor(id as number, new Uint8Array(8))).toThrow(
    'the tensor has 12 bytes, and the memory 8',
  );
  tensor.dispose();
});
