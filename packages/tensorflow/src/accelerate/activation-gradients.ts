import { add, mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { attribute, type OpAttribute } from '../native/attributes.ts';
import { FLOAT, isTaped, nativeOp } from './native-op.ts';
import { type KernelFamily, replaceGradient, together } from './replacement.ts';

/** How the gradient of an activation is computed natively. */
interface ActivationGradient {
  readonly op: string;
  /** Which end of the activation the op wants. The output is kept anyway by the layer that follows. */
  readonly of: 'input' | 'output';
  /** Whether the op takes the output's gradient as its first input, as those of the ReLU family do. */
  readonly gradientFirst: boolean;
  readonly attributes?: (attrs: Readonly<Record<string, unknown>>) => readonly OpAttribute[];
  /**
   * The same of ops that have gradients themselves, for gradients of gradients; TensorFlow.js' own where that does
   * from the saved tensor.
   */
  readonly differentiable?: (dy: Tensor, saved: Tensor) => Tensor;
}

const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

// `step`, because comparisons throw on the tape.
const selu = (dy: Tensor, y: Tensor) => {
  const positive = step(y);
  const negative = mul(sub(1, positive), add(y, SELU_SCALE_ALPHA));
  return mul(dy, add(mul(positive, SELU_SCALE), negative));
};
const relu6 = (dy: Tensor, y: Tensor) => mul(dy, mul(step(y), step(sub(6, y))));

/** By TensorFlow.js' name of the activation. ELU is not among them: its gradient is native already. */
const ACTIVATIONS: Readonly<Record<string, ActivationGradient>> = {
  Relu: { op: 'ReluGrad', of: 'output', gradientFirst: true },
  Relu6: { op: 'Relu6Grad', of: 'output', gradientFirst: true, differentiable: relu6 },
  Selu: { op: 'SeluGrad', of: 'output', gradientFirst: true, differentiable: selu },
  LeakyRelu: {
    op: 'LeakyReluGrad',
    of: 'input',
    gradientFirst: true,
    attributes: ({ alpha }) => [attribute.float('alpha', alpha as number)],
  },
  Softplus: { op: 'SoftplusGrad', of: 'input', gradientFirst: true },
  Sigmoid: { op: 'SigmoidGrad', of: 'output', gradientFirst: false },
  Tanh: { op: 'TanhGrad', of: 'output', gradientFirst: false },
};

/** One op for the gradient of each activation, where TensorFlow.js takes up to ten. */
export const activationGradients: KernelFamily = together(
  ...Object.entries(ACTIVATIONS).map(
    ([kernelName, activation]) =>
      () =>
        replaceGradient(kernelName, {
          ...(activation.of === 'input' ? { inputsToSave: ['x'] } : { outputsToSave: [true] }),
          gradient: (dy, [saved], attrs, before) => {
            if (isTaped()) return differentiable(activation, dy, saved as Tensor) ?? before();
            const inputs = activation.gradientFirst ? [dy, saved as Tensor] : [saved as Tensor, dy];
            return {
              x: () => nativeOp(activation.op, [FLOAT, ...(activation.attributes?.(attrs) ?? [])], inputs),
            };
          },
        }),
  ),
);

function differentiable({ differentiable }: ActivationGradient, dy: Tensor, saved: Tensor) {
  return differentiable === undefined ? undefined : { x: () => differentiable(dy, saved) };
}
