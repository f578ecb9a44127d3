/** The TensorFlow releases that the binding is known to compile against and to run with. */
export const TENSORFLOW_RANGE = '>=2.18,<2.22';

/** What runs on the device: `cpu` is the smaller wheel; `gpu` carries CUDA kernels and needs NVIDIA's libraries. */
export type Variant = 'cpu' | 'gpu';

/** Whether a text is a final release such as `2.21.0`; previews and local builds are not. */
export function isRelease(version: string): boolean {
  return /^\d+(\.\d+)*(\.post\d+)?$/.test(version);
}

/** Compares two releases, as `Array.sort` wants it. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [releaseNumbers(a), releaseNumbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether a release lies in a range of comma-separated clauses (`>=2.18,<2.22`), the part of PEP 440 that wheels'
 * requirements use: `==`, `!=`, `<`, `<=`, `>`, `>=` on final releases.
 */
export function satisfies(version: string, range: string): boolean {
  if (!isRelease(version)) return false;
  return range
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
    .every((clause) => satisfiesClause(version, clause));
}

function satisfiesClause(version: string, clause: string): boolean {
  const [, operator, bound] = /^(==|!=|<=|>=|<|>)\s*([\w.]+)$/.exec(clause) ?? [];
  if (operator === undefined || bound === undefined) return false;
  const order = compareVersions(version, bound);
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function releaseNumbers(version: string): number[] {
  return version.split(/\.post|\./).map(Number);
}
