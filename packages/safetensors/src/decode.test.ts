import { expectNoLeak } from '@loopwright/test-utils';
import { dispose } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { decode } from './decode.ts';
import { encodeRaw } from './encode-raw.ts';

const int64 = (...values: bigint[]) => new Uint8Array(BigInt64Array.from(values).buffer);

describe('decode', () => {
  it('makes no tensor if any is refused', async () => {
    const bytes = encodeRaw({
      fine: { dtype: 'U8', shape: [1], bytes: Uint8Array.of(1) },
      ids: { dtype: 'I64', shape: [2], bytes: int64(5n, 2n ** 31n) },
    });
    await expectNoLeak(() => {
      expect(() => decode(bytes)).toThrow(
        '[loopwright/safetensors] decode: tensor "ids": 2147483648 at index 1 does not fit into int32; read its bytes instead',
      );
    });
  });

  it('refuses a BOOL that is neither 0 nor 1', () => {
    const bytes = encodeRaw({ mask: { dtype: 'BOOL', shape: [3], bytes: Uint8Array.of(0, 1, 2) } });
    expect(() => decode(bytes)).toThrow('tensor "mask": BOOL must be 0 or 1, got 2 at index 2');
  });

  it('reads bytes that are not aligned in memory', async () => {
    const bytes = encodeRaw({
      w: { dtype: 'F32', shape: [2], bytes: new Uint8Array(Float32Array.of(1, 2).buffer) },
    });
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const { tensors } = await expectNoLeak(() => decode(shifted.subarray(1)), 1);
    expect([...(tensors.w?.dataSync() ?? [])]).toEqual([1, 2]);
    dispose(tensors);
  });

  it('copies: a tensor does not change with the bytes it was read from', () => {
    const bytes = encodeRaw({
      w: { dtype: 'I32', shape: [1], bytes: new Uint8Array(Int32Array.of(3).buffer) },
    });
    const { tensors } = decode(bytes);
    bytes.fill(0xff);
    expect([...(tensors.w?.dataSync() ?? [])]).toEqual([3]);
    dispose(tensors);
  });

  it("copies out of node's Buffer too, whose slice() is a view", () => {
    const bytes = Buffer.from(encodeRaw({ mask: { dtype: 'BOOL', shape: [2], bytes: Uint8Array.of(1, 0) } }));
    const { tensors } = decode(bytes);
    bytes.fill(0);
    expect([...(tensors.mask?.dataSync() ?? [])]).toEqual([1, 0]);
    dispose(tensors);
  });

  it('refuses what is not bytes', () => {
    expect(() => decode('safetensors' as never)).toThrow(
      '[loopwright/safetensors] decode: bytes must be a Uint8Array, got "safetensors"',
    );
  });
});
