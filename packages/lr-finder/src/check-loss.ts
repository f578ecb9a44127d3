import { type Checker, show } from '@loopwright/core';
import { type Scalar, Tensor } from '@tensorflow/tfjs-core';

/**
 * Checks that what a function of the user's returned is a loss.
 *
 * @param loss given away by that function: disposed if it is none
 * @param what its name in the message
 * @throws LoopwrightError if it is not one number
 */
export function checkLoss(check: Checker, what: string, loss: unknown): Scalar {
  if (loss instanceof Tensor && loss.size === 1) return loss as Scalar;
  if (loss instanceof Tensor) loss.dispose();
  return check.fail(`${what} must be a scalar, got ${show(loss)}`);
}
