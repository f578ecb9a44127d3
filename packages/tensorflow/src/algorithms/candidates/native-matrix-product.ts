import { attribute } from '../../native/attributes.ts';
import type { MatrixProductCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';

/** The op that TensorFlow.js itself takes, for batches of matrices of any rank. */
export const nativeMatrixProduct: Candidate<MatrixProductCall> = {
  name: 'native',
  applies: () => true,
  run: (ops, { transposeA, transposeB }, operands) =>
    ops.execute('BatchMatMulV2', operands, [
      attribute.bool('adj_x', transposeA),
      attribute.bool('adj_y', transposeB),
    ]),
};
