import { checker } from '@loopwright/core';
import {
  add,
  customGrad,
  erf,
  exp,
  type GradSaveFunc,
  mul,
  sigmoid,
  softplus,
  square,
  sub,
  type Tensor,
  tanh,
} from '@tensorflow/tfjs-core';
import { FLOAT, isForOwnOps, isTaped, nativeOp } from './native-op.ts';

/** The form of GELU: by the normal distribution itself, or by a hyperbolic tangent close to it. */
export type GeluForm = 'exact' | 'tanh';

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** `'exact'` by default. */
  readonly form?: GeluForm;
}

const checkGelu = checker('tensorflow', 'gelu');

/**
 * Swish, also known as SiLU.
 *
 *     swish(x) = x · σ(x)        swish′ = σ + x · σ · (1 − σ)
 *
 * Of the forward pass only x is kept; TensorFlow.js' own keeps every intermediate result. Has gradients of any order.
 * On a CPU the native engine computes it in one op each way.
 *
 * Follows `torch.nn.functional.silu`.
 *
 * @param x float32 of any shape; borrowed
 * @returns of the same shape; the caller owns it
 * @example
 * swish(tf.scalar(1)); // 0.731…
 */
export function swish<T extends Tensor>(x: T): T {
  return elementwise(
    'LoopwrightSwish',
    x,
    (x) => mul(x, sigmoid(x)),
    (x) => {
      const gate = sigmoid(x);
      return mul(gate, add(mul(x, sub(1, gate)), 1));
    },
  );
}

/**
 * Mish.
 *
 *     mish(x) = x · ω,  ω = tanh(softplus(x))        mish′ = ω + x · (1 − ω²) · σ(x)
 *
 * Of the forward pass only x is kept. Has gradients of any order. On a CPU the native engine computes it in one op each
 * way.
 *
 * Follows `torch.nn.functional.mish` (Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019).
 *
 * @param x float32 of any shape; borrowed
 * @returns of the same shape; the caller owns it
 * @example
 * mish(tf.scalar(1)); // 0.865…
 */
export function mish<T extends Tensor>(x: T): T {
  const gateOf = (x: Tensor) => tanh(softplus(x));
  return elementwise(
    'LoopwrightMish',
    x,
    (x) => mul(x, gateOf(x)),
    (x) => {
      const gate = gateOf(x);
      return add(gate, mul(mul(x, sub(1, square(gate))), sigmoid(x)));
    },
  );
}

/**
 * Gaussian error linear unit.
 *
 *     exact:  gelu(x) = x · Φ(x)                    gelu′ = Φ + x · φ
 *     tanh:   gelu(x) ≈ x · σ(v),  v = √(8/π) · (x + 0.044715 x³),  the same as x/2 · (1 + tanh(v/2))
 *
 * with the distribution Φ and density φ of the standard normal distribution. Of the forward pass only x is kept. Has
 * gradients of any order. On a CPU the native engine computes either form in one op each way.
 *
 * Follows `torch.nn.functional.gelu` with `approximate='none'` and `'tanh'`.
 *
 * @param x float32 of any shape; borrowed
 * @returns of the same shape; the caller owns it
 * @throws LoopwrightError if the form is another, or an option is unknown
 * @example
 * gelu(tf.scalar(1)); // 0.8413…
 * gelu(tf.scalar(1), { form: 'tanh' }); // 0.8411…
 */
export function gelu<T extends Tensor>(x: T, options: GeluOptions = {}): T {
  checkGelu.options(options, ['form']);
  const { form = 'exact' } = options;
  checkGelu.oneOf('form', form, ['exact', 'tanh']);
  return form === 'exact' ? exactGelu(x) : tanhGelu(x);
}

function exactGelu<T extends Tensor>(x: T): T {
  const distribution = (x: Tensor) => add(mul(erf(mul(x, Math.SQRT1_2)), 0.5), 0.5);
  return elementwise(
    'LoopwrightGelu',
    x,
    (x) => mul(x, distribution(x)),
    (x) => {
      const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return add(distribution(x), mul(x, density));
    },
  );
}

function tanhGelu<T extends Tensor>(x: T): T {
  const scale = Math.sqrt(8 / Math.PI);
  const gateOf = (x: Tensor) => sigmoid(mul(x, add(mul(square(x), scale * 0.044715), scale)));
  return elementwise(
    'LoopwrightGeluTanh',
    x,
    (x) => mul(x, gateOf(x)),
    (x) => {
      const gate = gateOf(x);
      const inner = mul(x, add(mul(square(x), 3 * scale * 0.044715), scale));
      return mul(gate, add(mul(inner, sub(1, gate)), 1));
    },
  );
}

/**
 * A function of each element that keeps only its input, with its derivative in ops that have gradients themselves.
 *
 * @param op our own op that computes it, where there are such; that of its gradient is `${op}Grad` (native/smooth_activations.h)
 */
function elementwise<T extends Tensor>(
  op: string,
  x: T,
  value: (x: Tensor) => Tensor,
  derivative: (x: Tensor) => Tensor,
): T {
  const isOwn = isForOwnOps(x);
  const compute = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor, GradSaveFunc];
    save([x]);
    return {
      value: isOwn ? nativeOp(op, [FLOAT], [x]) : value(x),
      gradFunc: (dy: Tensor, [x]: Tensor[]) =>
        isOwn && !isTaped()
          ? nativeOp(`${op}Grad`, [FLOAT], [dy, x as Tensor])
          : mul(dy, derivative(x as Tensor)),
    };
  });
  return compute(x) as T;
}
