import type { MatrixProductCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';

/** TensorFlow's op for two single matrices. */
export const plainMatrixProduct: Candidate<MatrixProductCall> = {
  name: 'plain',
  applies: ({ a, b }) => a.length === 2 && b.length === 2,
  run: (ops, { transposeA, transposeB }, [a, b]) => ops.matMul(a, b, { transposeA, transposeB }),
};
