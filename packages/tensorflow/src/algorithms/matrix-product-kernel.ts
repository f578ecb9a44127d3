import type { BatchMatMulAttrs } from '@tensorflow/tfjs-core';
import { type KernelFamily, replaceKernel } from '../accelerate/replacement.ts';
import { areFloats, runCall } from './run-call.ts';

/** Products of float32 matrices by the fastest algorithm; TensorFlow.js' fused ones are made of these. */
export const fastestMatrixProducts: KernelFamily = () =>
  replaceKernel('BatchMatMul', ({ inputs, attrs }) => {
    const operands = [inputs.a, inputs.b];
    if (!areFloats(operands)) return undefined;
    const [a, b] = operands;
    const { transposeA, transposeB } = attrs as unknown as BatchMatMulAttrs;
    const call = { a: a.shape, b: b.shape, transposeA, transposeB, dtype: 'float32' } as const;
    return runCall({ operation: 'BatchMatMul', ...call }, operands);
  });
