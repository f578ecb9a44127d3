import { mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { FLOAT, isTaped, nativeOp } from './native-op.ts';
import { type KernelFamily, replaceGradient, together } from './replacement.ts';

/** How the gradient of an activation is computed natively. */
interface ActivationGradient {
  /** What is kept of the forward pass. The output is kept anyway by the layer that follows. */
  readonly keeps: 'input' | 'output';
  readonly native: (dy: Tensor, kept: Tensor, attrs: Readonly<Record<string, unknown>>) => Tensor;
  /** The same of ops that can stand on the tape, where TensorFlow.js' own gradient does not do from what is kept. */
  readonly taped?: (dy: Tensor, kept: Tensor) => Tensor;
}

const op = (name: string, ...inputs: Tensor[]) => nativeOp(name, [FLOAT], inputs);

/** By TensorFlow.js' name of the activation. ELU is not among them: its gradient is native already. */
const ACTIVATIONS: Readonly<Record<string, ActivationGradient>> = {
  Relu: { keeps: 'output', native: (dy, y) => op('ReluGrad', dy, y) },
  Relu6: {
    keeps: 'output',
    native: (dy, y) => op('Relu6Grad', dy, y),
    taped: (dy, y) => mul(dy, mul(step(y), step(sub(6, y)))),
  },
  // The op wants the output. From that alone TensorFlow.js could not tell that there is no gradient of the gradient.
  Selu: { keeps: 'input', native: (dy, x) => op('SeluGrad', dy, op('Selu', x)) },
  LeakyRelu: {
    keeps: 'input',
    native: (dy, x, { alpha }) =>
      nativeOp('LeakyReluGrad', [FLOAT, attribute.float('alpha', alpha as number)], [dy, x]),
  },
  Softplus: { keeps: 'input', native: (dy, x) => op('SoftplusGrad', dy, x) },
  Sigmoid: { keeps: 'output', native: (dy, y) => op('SigmoidGrad', y, dy) },
  Tanh: { keeps: 'output', native: (dy, y) => op('TanhGrad', y, dy) },
};

/** One or two ops for the gradient of each activation, where TensorFlow.js takes up to ten. */
export const activationGradients: KernelFamily = together(
  ...Object.entries(ACTIVATIONS).map(
    ([kernelName, { keeps, native, taped }]) =>
      () =>
        replaceGradient(kernelName, {
          ...(keeps === 'input' ? { inputsToSave: ['x'] } : { outputsToSave: [true] }),
          gradient: (dy, [kept], attrs, before) => {
            if (!isTaped()) return { x: () => native(dy, kept as Tensor, attrs) };
            return taped === undefined ? before() : { x: () => taped(dy, kept as Tensor) };
          },
        }),
  ),
);
