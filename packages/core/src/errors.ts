/**
 * The place an error is reported from, for example `{ package: 'schedulers', subject: 'StepLR' }`.
 * It becomes the prefix of every message: `[loopwright/schedulers] StepLR: …`.
 */
export interface Where {
  readonly package: string;
  readonly subject: string;
}

/**
 * Every error that Loopwright throws on purpose. Its message names the package, the subject and what was wrong.
 *
 * @example
 * const error = new LoopwrightError({ package: 'schedulers', subject: 'StepLR' }, 'stepSize must be positive, got 0');
 * error.message; // '[loopwright/schedulers] StepLR: stepSize must be positive, got 0'
 */
export class LoopwrightError extends Error {
  override readonly name = 'LoopwrightError';
  readonly where: Where;

  constructor(where: Where, message: string, options?: ErrorOptions) {
    super(`[loopwright/${where.package}] ${where.subject}: ${message}`, options);
    this.where = where;
  }
}

/**
 * A value as it should appear in a message: short, unambiguous, and safe for cyclic objects. A tensor is shown by type
 * and shape; nothing is read from the device.
 *
 * @example
 * show(['max', 3]); // '["max", 3]'
 * show(tf.zeros([2, 3])); // 'tensor "float32" of shape [2, 3]'
 */
export function show(value: unknown): string {
  return showNested(value, MAX_DEPTH);
}

/** Values out of a hostile file can be nested so deeply that looking at all of it takes the whole stack. */
const MAX_DEPTH = 8;

function showNested(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'object' && value !== null) return depth === 0 ? '…' : showObject(value, depth - 1);
  return String(value);
}

/**
 * What an error says, for the end of a message: of a failed file operation the reason alone, since the message around
 * it names the path.
 *
 * @example
 * reasonOf(new Error("ENOENT: no such file or directory, open 'x'")); // 'no such file or directory (ENOENT)'
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const system = /^([A-Z][A-Z0-9]+): (.+?), \w+/.exec(error.message);
  return system === null ? error.message : `${system[2]} (${system[1]})`;
}

function showObject(value: object, depth: number): string {
  if (Array.isArray(value)) {
    const shown = value
      .slice(0, 8)
      .map((item) => showNested(item, depth))
      .join(', ');
    return value.length > 8 ? `[${shown}, … ${value.length} in all]` : `[${shown}]`;
  }
  if ('shape' in value && 'dtype' in value)
    return `tensor ${showNested(value.dtype, depth)} of shape ${showNested(value.shape, depth)}`;
  // A record out of a file may have a member of that name.
  const name: unknown = Object.hasOwn(value, 'constructor')
    ? 'Object'
    : (value.constructor?.name ?? 'Object');
  return typeof name !== 'string' || name === 'Object'
    ? `{ ${Object.keys(value).slice(0, 8).join(', ')} }`
    : name;
}
