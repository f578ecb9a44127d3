import { checker } from '@loopwright/core';
import { takeTensors } from '../compile/structure.ts';
import { activeNativeBackend } from '../native/native-backend.ts';
import { obstacleToBfloat16, thisMachine } from './bfloat16-support.ts';
import { precision } from './precision.ts';

/** Options of {@link autocast}. */
export interface AutocastOptions {
  /** What convolutions and matrix products compute in, where it pays. */
  readonly dtype: 'bfloat16';
  /** Everywhere, whether this machine gains by it or not: to see what it does to a model's accuracy. False by default. */
  readonly force?: boolean;
}

const check = checker('tensorflow', 'autocast');

/**
 * A function that computes like `fn`, with its convolutions and matrix products in bfloat16 where that is faster here:
 * 8 bits of precision instead of 24, with float32's range, so that no loss needs scaling.
 *
 * Batch normalization, ReLU, pooling and additions in between stay in bfloat16 with them. Statistics, softmax, losses
 * and reductions are computed in float32, from float32 weights that stay as they are, and the weights' gradients are
 * float32 for the optimizer. To TensorFlow.js every tensor is float32, in the function and after it: what is read, is
 * read as float32.
 *
 * Gradients belong inside of the function, as in a whole training step. It works inside of `compile` and around it. On
 * another backend, and on a CPU without bfloat16 arithmetic, it is `fn`; there a warning says so once.
 *
 * Like `torch.autocast` as a decorator; it departs from that in measuring where bfloat16 pays rather than following a
 * list, and in that a mean over an image is float32.
 *
 * @param fn synchronous; owns its tensors and results as it does without
 * @returns a function of the same arguments and results
 * @throws LoopwrightError if `fn` is not a function, or an option is unknown or not valid
 * @example
 * const weight = tf.variable(tf.randomNormal([256, 256]));
 * const predict = autocast((x: tf.Tensor2D) => tf.relu(tf.matMul(x, weight)), { dtype: 'bfloat16' });
 * const x = tf.ones<tf.Rank.R2>([64, 256]);
 * predict(x).dtype; // 'float32'
 */
export function autocast<A extends unknown[], R>(
  fn: (...args: A) => R,
  options: AutocastOptions,
): (...args: A) => R {
  check.func('fn', fn);
  const { dtype, force = false } = check.options(options, ['dtype', 'force']);
  check.oneOf('dtype', dtype, ['bfloat16']);
  check.boolean('force', force);
  const extent = force ? 'all' : 'where it pays';
  return (...args) => {
    const call = () => synchronous(fn(...args));
    return isReducible(force) ? precision.reduce(extent, call, tensorsOf) : call();
  };
}

function tensorsOf(result: unknown) {
  return takeTensors(result).tensors;
}

function synchronous<R>(result: R): R {
  if (result instanceof Promise) check.fail('fn must not be asynchronous, but it returned a promise');
  return result;
}

let obstacle: { readonly reason: string | undefined } | undefined;

/** Whether there is something to gain, or it is wanted all the same; says once where there is not. */
function isReducible(force: boolean): boolean {
  const backend = activeNativeBackend();
  if (backend === undefined || force) return backend !== undefined;
  if (obstacle === undefined) {
    obstacle = { reason: obstacleToBfloat16(thisMachine(backend.binding.isUsingGpuDevice())) };
    if (obstacle.reason !== undefined) {
      process.emitWarning(
        `[loopwright/tensorflow] autocast: nothing is cast to bfloat16: ${obstacle.reason}`,
      );
    }
  }
  return obstacle.reason === undefined;
}
