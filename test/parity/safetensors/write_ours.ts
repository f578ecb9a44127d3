/** Writes the file that `check_ours.py` checks. */
import '@tensorflow/tfjs-backend-cpu';
import { save } from '@loopwright/safetensors';
import { scalar, setBackend, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';

await setBackend('cpu');
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: write_ours.ts FILE');
const tensors = {
  'Zürich/kernel': tensor2d([
    [0, -0, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.NaN, 1 / 3],
  ]),
  ids: tensor1d([-(2 ** 31), 2 ** 31 - 1], 'int32'),
  mask: tensor1d([true, false, true], 'bool'),
  scalar: scalar(1.5),
  empty: zeros([0, 3]),
};
await save(path, tensors, { format: 'tfjs' });
