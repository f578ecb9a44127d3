import type { MatrixProductCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';

/** A batch of matrices times one matrix, as one product of all their rows. */
export const foldedMatrixProduct: Candidate<MatrixProductCall> = {
  name: 'folded',
  applies: ({ a, b, transposeA }) =>
    a.length > 2 && !transposeA && b.slice(0, -2).every((length) => length === 1) && b.length <= a.length,
  run(ops, { a, b, transposeB }, [left, right]) {
    const rows = ops.reshape(left, [-1, a.at(-1) ?? 1]);
    const product = ops.matMul(rows, ops.reshape(right, b.slice(-2)), { transposeB });
    const columns = b.at(transposeB ? -2 : -1) ?? 1;
    return ops.reshape(product, [...a.slice(0, -1), columns]);
  },
};
