/** An eigenvalue of a symmetric matrix, with its eigenvector of length one. */
export interface Eigen {
  readonly value: number;
  readonly vector: readonly number[];
}

const MOST_SWEEPS = 100;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, the largest first, by Jacobi's rotations: each turns two axes
 * so that the element between them vanishes, until all have.
 *
 * Follows G. Golub and C. Van Loan, "Matrix Computations", section on Jacobi methods.
 *
 * @param matrix its rows; what is below the diagonal is taken to equal what is above
 * @example
 * symmetricEigen([[2, 1], [1, 2]])[0]; // { value: 3, vector: [0.707…, 0.707…] }, or its negative
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen[] {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, row) => a.map((_, column) => (row === column ? 1 : 0)));
  const total = Math.sqrt(a.flat().reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < MOST_SWEEPS && largestOffDiagonal(a) > 1e-15 * total; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, p, q);
  }
  const found = a.map((row, index) => ({ value: row[index]!, vector: vectors.map((axis) => axis[index]!) }));
  return found.sort((left, right) => right.value - left.value);
}

/** Turns the axes p and q so that a[p][q] becomes 0. */
function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  const between = a[p]![q]!;
  if (between === 0) return;
  const slope = (a[q]![q]! - a[p]![p]!) / (2 * between);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(slope, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  const turn = (row: number[]) => {
    const [left, right] = [row[p]!, row[q]!];
    row[p] = cosine * left - sine * right;
    row[q] = sine * left + cosine * right;
  };
  for (const row of a) turn(row);
  for (let column = 0; column < a.length; column++) {
    const [upper, lower] = [a[p]![column]!, a[q]![column]!];
    a[p]![column] = cosine * upper - sine * lower;
    a[q]![column] = sine * upper + cosine * lower;
  }
  for (const row of vectors) turn(row);
}

function largestOffDiagonal(a: readonly (readonly number[])[]): number {
  return Math.max(0, ...a.flatMap((row, index) => row.slice(index + 1).map(Math.abs)));
}
