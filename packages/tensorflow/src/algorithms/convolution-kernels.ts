import {
  add,
  backend_util,
  type Conv2DAttrs,
  type FusedConv2DAttrs,
  type Tensor,
  type TensorInfo,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { type KernelCall, type KernelFamily, replaceKernel, together } from '../accelerate/replacement.ts';
import type { ConvolutionCall, ConvolutionOperation } from './calls.ts';
import { areFloats, runCall } from './run-call.ts';

type Quadruple = [number, number, number, number];

/** What the kernels' attributes say of the geometry. */
type Geometry = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat'> & Partial<Pick<Conv2DAttrs, 'dilations'>>;

/**
 * Convolutions and their gradients by the fastest algorithm, of float32 images with channels last. Padding may be given
 * in numbers, for gradients too, which TensorFlow.js refuses on this backend.
 */
export const fastestConvolutions: KernelFamily = together(
  () =>
    replaceKernel('Conv2D', ({ inputs: { x, filter }, attrs }) => {
      const geometry = attrs as unknown as Conv2DAttrs;
      return convolve('Conv2D', geometry, x?.shape, filter?.shape, [x, filter]);
    }),
  () =>
    replaceKernel('Conv2DBackpropInput', ({ inputs: { dy, filter }, attrs }) => {
      const geometry = attrs as unknown as Geometry & { inputShape: number[] };
      return convolve('Conv2DBackpropInput', geometry, geometry.inputShape, filter?.shape, [filter, dy]);
    }),
  () =>
    replaceKernel('Conv2DBackpropFilter', ({ inputs: { x, dy }, attrs }) => {
      const geometry = attrs as unknown as Geometry & { filterShape: number[] };
      return convolve('Conv2DBackpropFilter', geometry, x?.shape, geometry.filterShape, [x, dy]);
    }),
  () => replaceKernel('FusedConv2D', fusedConvolution),
);

function convolve(
  operation: ConvolutionOperation,
  geometry: Geometry,
  input: readonly number[] | undefined,
  filter: readonly number[] | undefined,
  operands: readonly (TensorInfo | undefined)[],
): Tensor | undefined {
  if (geometry.dataFormat === 'NCHW' || !areFloats(operands)) return undefined;
  const call = callOf(operation, geometry, input as Quadruple, filter as Quadruple);
  // Of an empty batch TensorFlow's own op returns another number of channels.
  return operands.some(({ shape }) => shape.includes(0)) ? zeros(resultShape(call)) : runCall(call, operands);
}

function resultShape({ operation, input, filter, output }: ConvolutionCall): Quadruple {
  const shapes = { Conv2D: output, Conv2DBackpropInput: input, Conv2DBackpropFilter: filter };
  return [...shapes[operation]];
}

function fusedConvolution({ inputs, attrs }: KernelCall): TensorInfo | undefined {
  const { x, filter, bias, preluActivationWeights } = inputs;
  const { activation, leakyreluAlpha, ...geometry } = attrs as unknown as FusedConv2DAttrs;
  return tidy(() => {
    const result = convolve('Conv2D', geometry, x?.shape, filter?.shape, [x, filter]);
    if (result === undefined) return undefined as never;
    const sum = bias === undefined ? result : add(result, bias as Tensor);
    return backend_util.applyActivation(sum, activation, preluActivationWeights as Tensor, leakyreluAlpha);
  });
}

function callOf(
  operation: ConvolutionOperation,
  { strides, pad, dilations = 1 }: Geometry,
  input: Quadruple,
  filter: Quadruple,
): ConvolutionCall {
  const info = backend_util.computeConv2DInfo(input, filter, strides, dilations, pad);
  const { top, bottom, left, right } = info.padInfo;
  // Computed here, because TensorFlow.js takes a filter's height for its width where the padding is one number.
  const height = outputLength(input[1] + top + bottom, info.effectiveFilterHeight, info.strideHeight);
  const width = outputLength(input[2] + left + right, info.effectiveFilterWidth, info.strideWidth);
  return {
    operation,
    input,
    filter,
    output: [input[0], height, width, filter[3]],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    padding: { top, bottom, left, right },
    dtype: 'float32',
  };
}

function outputLength(input: number, filter: number, stride: number): number {
  return Math.floor((input - filter) / stride) + 1;
}
