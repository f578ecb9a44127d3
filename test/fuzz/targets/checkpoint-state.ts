import { checker } from '@loopwright/core';
import { decodeStates, encodeStates } from '../../../packages/checkpoint/src/state-codec.ts';
import { bytesOf, type Target, textOf } from '../target.ts';

const { fail } = checker('checkpoint', 'decodeStates');
const weights = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } as const;
const { json, tensors } = encodeStates(
  {
    model: { version: 1, weights, list: [true, null, 'x', Number.NaN, -0] },
    rest: { version: 2, $own: 1, nested: { deep: { weights } } },
  },
  fail,
);

/** The JSON of a checkpoint's states, which refers to tensors by name. */
export const checkpointState: Target = {
  name: 'checkpoint-state',
  seeds: () => [bytesOf(json)],
  dictionary: [
    '{"a":',
    '[[',
    '{"$tensor":"model/weights"}',
    '{"$number":"-0"}',
    '"$$',
    '"__proto__":{',
    '"version":1',
    'null,',
  ],
  parse: (bytes) => decodeStates({ json: textOf(bytes), tensors }, fail),
};
