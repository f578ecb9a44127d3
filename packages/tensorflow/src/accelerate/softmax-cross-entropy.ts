import {
  add,
  expandDims,
  mul,
  neg,
  oneHot,
  softmax,
  sub,
  sum,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { FLOAT, isTaped, nativeOps } from './native-op.ts';
import { original } from './replaceable-functions.ts';
import { type KernelFamily, replaceGradient, replaceKernel, together } from './replacement.ts';

/**
 * The kernel of cross-entropies with class indices: `{ logits, labels }` of shapes [batch, classes] and int32 [batch] to
 * the losses [batch] and the logits' gradient [batch, classes] of their sum. It throws at a label outside the classes.
 */
export const SPARSE = 'SparseSoftmaxCrossEntropyWithLogits';
/**
 * The kernel of cross-entropies with soft labels, float32 [batch, classes]; the second output is the logits' gradient
 * where they sum to one. The gradient that the tape takes is right whatever they sum to.
 */
export const DENSE = 'SoftmaxCrossEntropyWithLogits';

const INDICES = attribute.type('Tlabels', DataType.int32);

const kernels: KernelFamily = together(
  () => replaceKernel(SPARSE, ({ inputs }) => nativeOps(SPARSE, [FLOAT, INDICES], operands(inputs), 2)),
  () => replaceKernel(DENSE, ({ inputs }) => nativeOps(DENSE, [FLOAT], operands(inputs), 2)),
);

const operands = ({ logits, labels }: Readonly<Record<string, TensorInfo>>) =>
  [logits, labels] as readonly TensorInfo[] as [TensorInfo, TensorInfo];

const sparseGradient: KernelFamily = () =>
  replaceGradient(SPARSE, {
    inputsToSave: ['logits', 'labels'],
    outputsToSave: [false, true],
    gradient: (dys, saved) => {
      const [logits, labels, slope] = saved as readonly [Tensor, Tensor, Tensor];
      return {
        logits: () =>
          mul(columnOf(dys), isTaped() ? sub(softmax(logits), oneHotLike(labels, logits)) : slope),
      };
    },
  });

const denseGradient: KernelFamily = () =>
  replaceGradient(DENSE, {
    inputsToSave: ['logits', 'labels'],
    outputsToSave: [false, true],
    gradient: (dys, saved) => {
      const [logits, labels, slope] = saved as readonly [Tensor, Tensor, Tensor];
      const probabilities = () => (isTaped() ? softmax(logits) : add(slope, labels));
      return {
        logits: () => mul(columnOf(dys), sub(mul(probabilities(), sum(labels, -1, true)), labels)),
        labels: () => mul(columnOf(dys), neg(original('logSoftmax')(logits))),
      };
    },
  });

/** The gradient of the losses as a column; that of the second output is nobody's. */
function columnOf(dys: Tensor): Tensor {
  const [dy] = dys as unknown as readonly [Tensor, Tensor];
  return expandDims(dy, -1);
}

function oneHotLike(labels: Tensor, logits: Tensor): Tensor {
  return oneHot(labels, logits.shape[1] as number, 1, 0, 'float32');
}

/** Softmax cross-entropy, loss and gradient in one op, as kernels that losses run where they find them. */
export const softmaxCrossEntropy: KernelFamily = together(kernels, sparseGradient, denseGradient);
