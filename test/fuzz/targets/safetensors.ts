import { decode, encode } from '@loopwright/safetensors';
import { encodeRaw } from '@loopwright/safetensors/raw';
import { dispose, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Target } from '../target.ts';

/** A whole file, to tensors. */
export const safetensors: Target = {
  name: 'safetensors',
  seeds: () => [
    tidy(() => encode({ w: tensor([1, 2, 3, 4], [2, 2]), s: tensor(1) }, { by: 'x' })),
    encodeRaw({
      h: { dtype: 'F16', shape: [3], bytes: new Uint8Array(6) },
      b: { dtype: 'BOOL', shape: [2, 1], bytes: new Uint8Array(2) },
      l: { dtype: 'I64', shape: [0, 7], bytes: new Uint8Array(0) },
      i: { dtype: 'I32', shape: [], bytes: new Uint8Array(4) },
    }),
  ],
  dictionary: [
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    '"__metadata__":{"a":"b"}',
    '"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},',
    '"shape":[',
    '"data_offsets":[0,0]',
    '0,',
    '9007199254740991,',
    '"BF16"',
    '"F64"',
    '"I64"',
    '"U8"',
    '\\ud800',
    '\\"',
  ],
  /** The header's length is what is there. */
  repair(bytes) {
    const end = bytes.lastIndexOf(0x7d) + 1;
    const repaired = bytes.slice();
    new DataView(repaired.buffer).setBigUint64(0, BigInt(Math.max(0, end - 8)), true);
    return repaired;
  },
  parse(bytes) {
    const { tensors, metadata } = decode(bytes);
    const shapes = Object.entries(tensors).map(([name, { dtype, shape }]) => [name, dtype, shape]);
    dispose(tensors);
    return { shapes, metadata };
  },
};
