import { expectNoLeak } from '@loopwright/test-utils';
import { complex, dispose, tensor, tensor1d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { encodeRaw } from './encode-raw.ts';

describe('encode', () => {
  it('takes tensors and plain values, mixed, and every finite and non-finite number survives', async () => {
    const numbers = Float32Array.of(
      0,
      -0,
      1 / 3,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    );
    const floats = tensor1d(numbers);
    const ids = { dtype: 'int32', shape: [1, 2], data: Int32Array.of(-1, 7) } as const;
    const mask = tensor1d([true, false], 'bool');
    const empty = zeros([0, 3]);
    const bytes = await expectNoLeak(() => encode({ floats, ids, mask, empty }, { epoch: '3' }));
    const { tensors, metadata } = await expectNoLeak(() => decode(bytes), 4);
    expect(tensors.floats?.dataSync()).toEqual(numbers);
    expect(tensors.ids?.shape).toEqual([1, 2]);
    expect(tensors.ids?.dataSync()).toEqual(ids.data);
    expect(tensors.mask?.dataSync()).toEqual(Uint8Array.of(1, 0));
    expect(tensors.empty?.shape).toEqual([0, 3]);
    expect(metadata).toEqual({ epoch: '3' });
    dispose([floats, mask, empty, ...Object.values(tensors)]);
  });

  it('aligns the data to 8 bytes and writes wide types first', () => {
    const bytes = encodeRaw({
      a: { dtype: 'BOOL', shape: [1], bytes: new Uint8Array(1) },
      b: { dtype: 'F64', shape: [1], bytes: new Uint8Array(8) },
    });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(header.indexOf('"b"')).toBeLessThan(header.indexOf('"a"'));
    expect(bytes.length).toBe(8 + length + 9);
  });

  it('sorts metadata, so that equal contents are equal bytes', () => {
    expect(encode({}, { b: '2', a: '1' })).toEqual(encode({}, { a: '1', b: '2' }));
    expect(encode({}, {})).toEqual(encode({}));
  });

  it('refuses what the format cannot hold, naming the tensor', async () => {
    const disposed = tensor1d([1]);
    disposed.dispose();
    const text = tensor(['a']);
    const imaginary = complex([1], [2]);
    const refused: [Record<string, unknown>, string][] = [
      [{ w: disposed }, 'tensor "w" is disposed'],
      [{ w: text }, 'tensor "w": dtype must be float32, int32 or bool, got "string"'],
      [{ w: imaginary }, 'tensor "w": dtype must be float32, int32 or bool, got "complex64"'],
      [{ w: [1, 2] }, 'tensor "w" must be a tf.Tensor or a tensor\'s value, got [1, 2]'],
      [{ w: null }, 'tensor "w" must be a tf.Tensor or a tensor\'s value, got null'],
      [
        { w: { dtype: 'float32', shape: [1], data: Int32Array.of(1) } },
        'float32 needs a Float32Array, got Int32Array',
      ],
      [
        { w: { dtype: 'int32', shape: [2], data: Int32Array.of(1) } },
        'I32 of shape [2] takes 8 bytes, got 4',
      ],
      [
        { w: { dtype: 'int32', shape: [-1], data: Int32Array.of(1) } },
        'its shape must hold non-negative integers, got -1',
      ],
      [{ __metadata__: zerosValue }, 'tensor "__metadata__": the name is reserved for metadata'],
      [{ 'a\ud800': zerosValue }, 'is not valid Unicode: it holds half a surrogate pair'],
    ];
    await expectNoLeak(() => {
      for (const [tensors, message] of refused) {
        expect(() => encode(tensors as never), message).toThrow(message);
        expect(() => encode(tensors as never), message).toThrow(/^\[loopwright\/safetensors\] encode: /);
      }
    });
    expect(() => encode({}, { epoch: 3 } as never)).toThrow('metadata "epoch" must be a string, got 3');
    dispose([text, imaginary]);
  });

  it('refuses raw tensors that do not fit', () => {
    const raw = (tensor: object) => () => encodeRaw({ w: tensor } as never);
    expect(raw({ dtype: 'F7', shape: [], bytes: new Uint8Array(1) })).toThrow(
      'tensor "w": unknown dtype "F7"',
    );
    expect(raw({ dtype: 'U8', shape: [], bytes: [1] })).toThrow('bytes must be a Uint8Array, got [1]');
    expect(raw({ dtype: 'U8', shape: 1, bytes: new Uint8Array(1) })).toThrow(
      'shape must be a list of integers, got 1',
    );
  });
});

const zerosValue = { dtype: 'float32', shape: [1], data: new Float32Array(1) };
