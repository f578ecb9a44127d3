import { checker } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { add, div, matMul, maximum, mul, norm, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/** Options of {@link orthogonalize}. */
export interface OrthogonalizeOptions {
  /** Iterations, at least 1; 5 by default. */
  readonly steps?: number;
  /** The least norm that a matrix is divided by, at least 0; 1e-7 by default. */
  readonly epsilon?: number;
}

/** Of the quintic a x + b x³ + c x⁵. Its slope at 0 is steep, so that five steps reach small singular values too. */
const COEFFICIENTS = { a: 3.4445, b: -4.775, c: 2.0315 } as const;

const check = checker('optimizers', 'orthogonalize');

/**
 * About the nearest matrix whose rows or columns are orthonormal: of `U S Vᵀ` something like `U Vᵀ`, by Newton and
 * Schulz's iteration, which needs products of matrices alone:
 *
 *     X ← M / ‖M‖,  then `steps` times:  X ← a X + (b X Xᵀ + c (X Xᵀ)²) X
 *
 * With these coefficients singular values do not converge to 1: after five steps those from 0.002 of the norm on lie between
 * 0.68 and 1.21. After K. Jordan's `zeropower_via_newtonschulz5`, which computes in bfloat16, where this is float32.
 *
 * @param matrix float32 [n, m], borrowed
 * @returns float32 [n, m]; the caller owns it. Zeros for a matrix of zeros
 * @throws LoopwrightError if it is no matrix, or an option is out of range
 * @example
 * const turned = orthogonalize(tf.tensor2d([[0, 3], [-2, 0]])); // about [[0, 1], [-1, 0]]
 */
export function orthogonalize(matrix: Tensor2D, options?: OrthogonalizeOptions): Tensor2D {
  const { steps = 5, epsilon = 1e-7 } = check.options(options, ['steps', 'epsilon']);
  check.positiveInteger('steps', steps);
  check.number('epsilon', epsilon, { min: 0 });
  checkTensor(check, 'matrix', matrix, { dtype: 'float32', shape: ['rows', 'columns'] });
  const { a, b, c } = COEFFICIENTS;
  const [rows, columns] = matrix.shape;
  return tidy(() => {
    let x = div<Tensor2D>(matrix, maximum(norm(matrix), epsilon));
    for (let step = 0; step < steps; step++) {
      // X (XᵀX) is (X Xᵀ) X, and the smaller of the two products is taken.
      const gram = rows > columns ? matMul(x, x, true, false) : matMul(x, x, false, true);
      const update = add<Tensor2D>(mul(gram, b), mul(matMul(gram, gram), c));
      x = add(mul(x, a), rows > columns ? matMul(x, update) : matMul(update, x));
    }
    return x;
  });
}
