import type { MatrixProductCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';

/** Transposition apart from the product, where a fast product reads its operands in their own order. */
export const transposedMatrixProduct: Candidate<MatrixProductCall> = {
  name: 'transposed',
  applies: ({ a, b, transposeA, transposeB }) =>
    a.length === 2 && b.length === 2 && (transposeA || transposeB),
  run: (ops, { transposeA, transposeB }, [a, b]) =>
    ops.matMul(transposeA ? ops.transpose(a, [1, 0]) : a, transposeB ? ops.transpose(b, [1, 0]) : b),
};
