import { checker } from '@loopwright/core';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import {
  configureTuning,
  fastestConvolutions,
  fastestMatrixProducts,
  type Tune,
} from '../algorithms/index.ts';
import { addToExecutionKey } from '../native/execution-key.ts';
import { NATIVE_BACKEND } from '../native/native-backend.ts';
import { activationGradients } from './activation-gradients.ts';
import { batchNormLayer } from './batch-norm-layer.ts';
import { clipByValue } from './clip-by-value.ts';
import { dropout } from './dropout.ts';
import { dropoutLayer } from './dropout-layer.ts';
import { einsumGradient } from './einsum-gradient.ts';
import { gather } from './gather.ts';
import { inferenceBatchNorm } from './inference-batch-norm.ts';
import { layerActivations } from './layer-activations.ts';
import { logSoftmax } from './log-softmax.ts';
import { maxPooling } from './max-pooling.ts';
import { missingGradients } from './missing-gradients.ts';
import { multinomial } from './multinomial.ts';
import { needlessOps } from './needless-ops.ts';
import { randomTensors } from './random-tensors.ts';
import { reductions } from './reductions.ts';
import { type KernelFamily, type Restore, together } from './replacement.ts';
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts';
import { tape } from './tape.ts';
import { tensorflowLosses } from './tensorflow-losses.ts';

/** Options of {@link accelerate}. */
export interface AccelerateOptions {
  /** True by default; false puts TensorFlow.js' own kernels and gradients back. */
  readonly enabled?: boolean;
  /**
   * How the algorithm of each convolution and matrix product is chosen: `'first-sight'` by default, which measures it once
   * a machine; `'off'`; or with a budget and earlier choices. Left out, it stays as it is.
   */
  readonly tune?: Tune;
}

const check = checker('tensorflow', 'accelerate');

/** All families, in the order in which they are put in place. A new one is a row. */
const allFamilies: KernelFamily = together(
  activationGradients,
  layerActivations,
  batchNormLayer,
  inferenceBatchNorm,
  softmaxCrossEntropy,
  logSoftmax,
  tensorflowLosses,
  maxPooling,
  reductions,
  clipByValue,
  needlessOps,
  gather,
  randomTensors,
  multinomial,
  dropout,
  dropoutLayer,
  missingGradients,
  einsumGradient,
  tape,
  fastestConvolutions,
  fastestMatrixProducts,
);

let restore: Restore | undefined;
addToExecutionKey(() => (restore === undefined ? 'unaccelerated' : 'accelerated'));

/**
 * Puts native kernels and gradients in the place of what TensorFlow.js composes of many ops, computes in JavaScript or
 * reads back from the device, for whatever runs on the native backend from then on: tf.layers' models too, those that
 * exist already included. Other backends keep what they have.
 *
 * It is on when this package has loaded the engine, unless `LOOPWRIGHT_ACCELERATE=0` is in the environment;
 * `LOOPWRIGHT_TUNE=off` leaves TensorFlow's own algorithms in place.
 *
 * @returns puts the kernels and gradients back that were in force before the call
 * @throws LoopwrightError if an option is unknown or of another type
 * @example
 * const restore = accelerate({ enabled: false });
 * const slow = tf.relu(tf.tensor1d([-1, 2])); // [0, 2]
 * restore();
 */
export function accelerate(options: AccelerateOptions = {}): Restore {
  check.options(options, ['enabled', 'tune']);
  const enabled = check.boolean('enabled', options.enabled ?? true);
  if (options.tune !== undefined) configureTuning(options.tune);
  const before = restore !== undefined;
  set(enabled);
  return () => set(before);
}

/** Accelerates unless the user's environment says otherwise. Where there is no native backend it does nothing. */
export function accelerateByDefault(env: NodeJS.ProcessEnv): void {
  const wanted = env.LOOPWRIGHT_ACCELERATE !== '0';
  if (env.LOOPWRIGHT_TUNE !== undefined) configureTuning(env.LOOPWRIGHT_TUNE as Tune);
  if (wanted && getKernelsForBackend(NATIVE_BACKEND).length > 0) set(true);
}

function set(enabled: boolean): void {
  if (enabled) restore ??= allFamilies();
  else {
    restore?.();
    restore = undefined;
  }
}
