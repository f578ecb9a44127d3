import type { Call } from './calls.ts';
import type { NativeOps, NativeTensor } from './native-ops.ts';

/** What a call computes with, in the order that it says. */
export type Operands = readonly [NativeTensor, NativeTensor];

/** One algorithm for a kind of call. */
export interface Candidate<C extends Call> {
  /** How it is called in reports and kept choices; unique among the candidates for its kind of call. */
  readonly name: string;
  /** Whether it computes this call at all, and may pay. */
  applies(call: C): boolean;
  /**
   * Computes a call that it applies to, by native ops only and without reading a value. Temporary tensors need no
   * disposal.
   *
   * @param ops calls native ops in the call's dtype
   * @param operands the call's two, in its order
   */
  run(ops: NativeOps, call: C, operands: Operands): NativeTensor;
}
