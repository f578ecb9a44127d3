import { getBackend, type Scalar, type Tensor, type Variable } from '@tensorflow/tfjs-core';

/**
 * What an engine can do to variables where they lie, many in one call, instead of making new tensors and assigning them.
 * Packages ask for it with {@link inPlaceKernels} and go on with tensor operations where there is none.
 *
 * A variable changes alone: what was read, cloned or reshaped from it before keeps its old value, as do other variables
 * and JavaScript's arrays that shared its memory.
 */
export interface InPlaceKernels {
  /**
   * Computes an update for each row. All or nothing.
   *
   * @param kernel which formula; see the fields' table in {@link InPlaceUpdates}
   * @param updates no variable twice; tensors are borrowed
   * @returns false, with nothing changed, if the engine cannot do it: other types than float32, other devices' memory
   */
  update<K extends keyof InPlaceUpdates>(kernel: K, updates: readonly InPlaceUpdates[K][]): boolean;
  /**
   * Scales tensors alike so that their joint L2 norm is at most `limit`: by `min(1, limit / (‖t‖ + 1e-6))`.
   *
   * @param tensors borrowed
   * @returns new tensors, which the caller owns, and the norm before; undefined if the engine cannot do it
   */
  clipToNorm(
    tensors: readonly Tensor[],
    limit: number,
  ): { readonly clipped: Tensor[]; readonly norm: Scalar } | undefined;
  /**
   * Clips every element to [-limit, limit].
   *
   * @param tensors borrowed
   * @returns new tensors, which the caller owns; undefined if the engine cannot do it
   */
  clipToRange(tensors: readonly Tensor[], limit: number): Tensor[] | undefined;
  /**
   * Looks for NaN and infinities, where the values lie: nothing is copied, and no device waited for.
   *
   * @param tensors borrowed
   * @returns the index of the first tensor that holds one, -1 if none does; undefined if the engine cannot tell
   */
  firstNotFinite(tensors: readonly Tensor[]): number | undefined;
}

/** A gradient step: what is common to the kernels of optimizers. Tensors are of one shape. */
export interface GradientUpdate {
  /** θ, changed. */
  readonly parameter: Variable;
  readonly gradient: Tensor;
  /** 1, or -1 to climb: the gradient is multiplied by it. */
  readonly sign: number;
  /** λ: λ θ is added to the gradient. */
  readonly l2: number;
  /** η: the step's length, with whatever corrects it. */
  readonly rate: number;
}

/** `b ← μ b + share g`, `θ ← θ - η b`, or `θ ← θ - η (g + μ b)` with Nesterov; `θ ← θ - η g` without a buffer. */
export interface SgdUpdate extends GradientUpdate {
  /** b, changed. */
  readonly momentumBuffer?: Variable | undefined;
  readonly momentum: number;
  readonly share: number;
  readonly nesterov: boolean;
}

/** `m ← m + share₁ (g - m)`, `v ← decay₂ v + share₂ g²`, `θ ← shrink θ - η m / (√v + ε)`. */
export interface AdamUpdate extends GradientUpdate {
  /** m, changed. */
  readonly firstMoment: Variable;
  /** v, changed. */
  readonly secondMoment: Variable;
  /** `w ← max(w, v)`, changed; it takes v's place under the root. */
  readonly maxSecondMoment?: Variable | undefined;
  /** What is left of θ after decay apart from the gradient. */
  readonly shrink: number;
  readonly share1: number;
  readonly decay2: number;
  readonly share2: number;
  readonly epsilon: number;
}

/** As {@link AdamUpdate}, or `θ ← shrink θ - η m` where it is not rectified. */
export interface RAdamUpdate extends Omit<AdamUpdate, 'maxSecondMoment'> {
  readonly rectified: boolean;
  /**
   * Above 0: the gradient is taken as a matrix of so many columns (the last axes of its shape), and the mean of each column
   * is taken out of it first.
   */
  readonly centralizedColumns: number;
}

/**
 * `v ← α v + share g²`, `d = g / (√v + ε)`, `θ ← θ - η d`; with averages `a ← a + share (g - a)` and √(v - a²), the
 * difference at least 0, in place of √v; with a buffer `b ← μ b + d` in place of d.
 */
export interface RmsPropUpdate extends GradientUpdate {
  /** v, changed. */
  readonly squareAverage: Variable;
  /** a, changed. */
  readonly gradientAverage?: Variable | undefined;
  /** b, changed. */
  readonly momentumBuffer?: Variable | undefined;
  readonly decay: number;
  readonly share: number;
  readonly epsilon: number;
  readonly momentum: number;
}

/** `average ← average + weight (value - average)`. */
export interface InterpolateUpdate {
  /** Changed. */
  readonly average: Variable;
  readonly value: Tensor;
  readonly weight: number;
}

/** `slow ← slow + weight (fast - slow)`, `fast ← slow`. */
export interface SynchronizeUpdate {
  /** Changed. */
  readonly slow: Variable;
  /** Changed. */
  readonly fast: Variable;
  readonly weight: number;
}

/** `sum ← sum + weight term`. */
export interface AccumulateUpdate {
  /** Changed. */
  readonly sum: Variable;
  readonly term: Tensor;
  readonly weight: number;
}

/** `value ← factor value`. */
export interface ScaleUpdate {
  /** Changed. */
  readonly value: Variable;
  readonly factor: number;
}

/**
 * The kernels by name, and what a row of each consists of. Numbers are doubles that are rounded to float32; everything is
 * computed in float32, one rounding an operation, as tensor operations would.
 */
export interface InPlaceUpdates {
  readonly sgd: SgdUpdate;
  readonly adam: AdamUpdate;
  readonly rAdam: RAdamUpdate;
  readonly rmsProp: RmsPropUpdate;
  readonly interpolate: InterpolateUpdate;
  readonly synchronize: SynchronizeUpdate;
  readonly accumulate: AccumulateUpdate;
  readonly scale: ScaleUpdate;
}

const provided = new Map<string, InPlaceKernels>();

/**
 * The kernels of the backend that computes now; undefined where it has none.
 *
 * @example
 * const clipped = inPlaceKernels()?.clipToRange([tf.tensor1d([-3, 0.25])], 0.5);
 * console.log(clipped?.[0]?.dataSync()); // [-0.5, 0.25], or undefined
 */
export function inPlaceKernels(): InPlaceKernels | undefined {
  return provided.get(getBackend());
}

/**
 * {@link InPlaceKernels.update} where the backend has it.
 *
 * @returns whether it was done; if not, nothing has changed, and tensor operations have to do it
 * @example
 * const average = tf.variable(tf.tensor1d([0, 0]), false);
 * const value = tf.tensor1d([2, 4]);
 * if (!updateInPlace('interpolate', [{ average, value, weight: 0.5 }])) {
 *   average.assign(tf.add(average, tf.mul(tf.sub(value, average), 0.5)));
 * }
 * average.dataSync(); // [1, 2]
 */
export function updateInPlace<K extends keyof InPlaceUpdates>(
  kernel: K,
  updates: readonly InPlaceUpdates[K][],
): boolean {
  return inPlaceKernels()?.update(kernel, updates) ?? false;
}

/**
 * Says what an engine can do in place; called by the package that loads it.
 *
 * @param backend the engine's name in TensorFlow.js
 * @param kernels `undefined` for none, as to compare with tensor operations
 * @returns what was provided before
 * @example
 * const kernels = provideInPlaceKernels(tf.getBackend(), undefined);
 * inPlaceKernels(); // undefined
 * provideInPlaceKernels(tf.getBackend(), kernels);
 */
export function provideInPlaceKernels(
  backend: string,
  kernels: InPlaceKernels | undefined,
): InPlaceKernels | undefined {
  const before = provided.get(backend);
  if (kernels === undefined) provided.delete(backend);
  else provided.set(backend, kernels);
  return before;
}
