import type { Call, ConvolutionCall, MatrixProductCall } from './calls.ts';
import type { Candidate, Operands } from './candidate.ts';
import { denseProduct } from './candidates/dense-product.ts';
import { exchangedConvolution } from './candidates/exchanged-convolution.ts';
import { foldedMatrixProduct } from './candidates/folded-matrix-product.ts';
import { nativeConvolution } from './candidates/native-convolution.ts';
import { nativeMatrixProduct } from './candidates/native-matrix-product.ts';
import { paddedConvolution } from './candidates/padded-convolution.ts';
import { patchesProduct } from './candidates/patches-product.ts';
import { plainMatrixProduct } from './candidates/plain-matrix-product.ts';
import { pointwiseProduct } from './candidates/pointwise-product.ts';
import { rotatedConvolution } from './candidates/rotated-convolution.ts';
import { tapProducts } from './candidates/tap-products.ts';
import { transposedMatrixProduct } from './candidates/transposed-matrix-product.ts';
import { windowProducts } from './candidates/window-products.ts';
import type { NativeOps, NativeTensor } from './native-ops.ts';

/** Raised when a candidate is added, or computes otherwise: choices that were kept before are then measured anew. */
export const TABLE_VERSION = 2;

/** All algorithms for convolutions, TensorFlow's own first. */
export const CONVOLUTIONS: readonly Candidate<ConvolutionCall>[] = [
  nativeConvolution,
  paddedConvolution,
  pointwiseProduct,
  patchesProduct,
  windowProducts,
  denseProduct,
  tapProducts,
  rotatedConvolution,
  exchangedConvolution,
];

/** All algorithms for matrix products, TensorFlow's own first. */
export const MATRIX_PRODUCTS: readonly Candidate<MatrixProductCall>[] = [
  nativeMatrixProduct,
  plainMatrixProduct,
  transposedMatrixProduct,
  foldedMatrixProduct,
];

/** A candidate that applies to a call, with that call. */
export interface BoundCandidate {
  readonly name: string;
  run(ops: NativeOps, operands: Operands): NativeTensor;
}

/** The candidates that apply to a call, TensorFlow's own first. */
export function candidatesFor(call: Call): BoundCandidate[] {
  return call.operation === 'BatchMatMul' ? bind(MATRIX_PRODUCTS, call) : bind(CONVOLUTIONS, call);
}

function bind<C extends Call>(candidates: readonly Candidate<C>[], call: C): BoundCandidate[] {
  return candidates
    .filter((candidate) => candidate.applies(call))
    .map(({ name, run }) => ({ name, run: (ops, operands) => run(ops, call, operands) }));
}
