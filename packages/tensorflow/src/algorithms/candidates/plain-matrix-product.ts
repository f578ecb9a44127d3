import { attribute } from '../../native/attributes.ts';
import type { MatrixProductCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';

/** TensorFlow's op for two single matrices. */
export const plainMatrixProduct: Candidate<MatrixProductCall> = {
  name: 'plain',
  applies: ({ a, b }) => a.length === 2 && b.length === 2,
  run: (ops, { transposeA, transposeB }, operands) =>
    ops.execute('MatMul', operands, [
      attribute.bool('transpose_a', transposeA),
      attribute.bool('transpose_b', transposeB),
    ]),
};
