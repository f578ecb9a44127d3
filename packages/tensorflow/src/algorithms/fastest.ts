import { activeNativeBackend } from '../native/native-backend.ts';
import type { Call, ConvolutionCall, MatrixProductCall } from './calls.ts';
import type { Candidate } from './candidate.ts';
import { nativeConvolution } from './candidates/native-convolution.ts';
import { nativeMatrixProduct } from './candidates/native-matrix-product.ts';
import { computeWith, type NativeTensor } from './native-ops.ts';

/** The algorithm that a call takes. */
export interface Choice {
  /** The candidate's name; `native` is TensorFlow's own op. */
  readonly name: string;
  /** What it took alone, by measurement; undefined if nothing was measured. */
  readonly milliseconds: number | undefined;
  /**
   * Computes the call through the binding's layers.
   *
   * @param operands native tensors of the call's dtype, borrowed
   * @returns a native tensor that the caller owns
   */
  run(operands: readonly [NativeTensor, NativeTensor]): NativeTensor;
}

/**
 * The fastest algorithm for a call on this machine. The first time that it sees a call, it measures, in a few times the
 * time that the call takes.
 */
export function fastestFor(call: Call): Choice {
  return call.operation === 'BatchMatMul'
    ? choiceOf(nativeMatrixProduct, call)
    : choiceOf(nativeConvolution, call);
}

function choiceOf<C extends ConvolutionCall | MatrixProductCall>(candidate: Candidate<C>, call: C): Choice {
  return {
    name: candidate.name,
    milliseconds: undefined,
    run(operands) {
      const backend = activeNativeBackend();
      if (backend === undefined) throw new Error('the native engine is not loaded');
      return computeWith(backend.binding, call.dtype, (ops) => candidate.run(ops, call, operands));
    },
  };
}
