import {
  backend_util,
  GatherV2,
  reshape,
  scalar,
  type Tensor,
  type Tensor1D,
  unsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { nativeOp } from './native-op.ts';
import { type KernelFamily, replaceGradient, replaceKernel, together } from './replacement.ts';

/** TensorFlow checks the indices itself, and throws; TensorFlow.js reads them back from the device to do so. */
const kernel: KernelFamily = () =>
  replaceKernel(GatherV2, ({ inputs: { x, indices }, attrs: { axis, batchDims } }) => {
    if (x === undefined || indices?.dtype !== 'int32' || x.dtype === 'string') return undefined;
    const [along] = util.parseAxisParam(axis as number, x.shape) as [number];
    backend_util.segment_util.collectGatherOpShapeInfo(
      x as Tensor,
      indices as Tensor,
      along,
      batchDims as number,
    );
    const attributes = [
      attribute.int('batch_dims', batchDims as number),
      attribute.type('Tparams', DataType[x.dtype]),
      attribute.type('Tindices', DataType.int32),
      attribute.type('Taxis', DataType.int32),
    ];
    const axisTensor = scalar(along, 'int32');
    const gathered = nativeOp(GatherV2, attributes, [x, indices, axisTensor]);
    axisTensor.dispose();
    return gathered;
  });

/** The gradient of looking up rows, an embedding's for example, without the two transpositions of TensorFlow.js' own. */
const gradient: KernelFamily = () =>
  replaceGradient(GatherV2, {
    inputsToSave: ['x', 'indices'],
    gradient: (dy, saved, { axis, batchDims }, before) => {
      const [x, indices] = saved as readonly [Tensor, Tensor];
      const rows = x.shape[0] as number;
      if (batchDims !== 0 || util.parseAxisParam(axis as number, x.shape)[0] !== 0) return before();
      return {
        x: () => {
          const values = reshape(dy, [indices.size, ...x.shape.slice(1)]);
          return unsortedSegmentSum(values, reshape(indices, [indices.size]) as Tensor1D, rows);
        },
        indices: () => indices,
      };
    },
  });

/** `tf.gather`. An index outside of the axis throws on a CPU and gives zeros on a GPU, as everywhere in TensorFlow. */
export const gather: KernelFamily = together(kernel, gradient);
