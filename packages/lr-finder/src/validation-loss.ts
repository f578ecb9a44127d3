import type { Checker } from '@loopwright/core';
import { add, div, mul, type Scalar, scalar, tidy } from '@tensorflow/tfjs-core';
import { type BatchSource, batchSize, noBatches, startPass } from './batches.ts';
import { checkLoss } from './check-loss.ts';

/** How a model is validated. */
export interface Validation<B> {
  readonly data: BatchSource<B>;
  readonly loss: (batch: B) => Scalar;
  readonly size?: ((batch: B) => number) | undefined;
}

/**
 * The mean loss of all samples: each batch counts by its size. Nothing is read back from the device.
 *
 * @returns the caller owns it
 */
export async function validationLoss<B>(
  check: Checker,
  { data, loss, size }: Validation<B>,
): Promise<Scalar> {
  let total = scalar(0);
  let count = 0;
  try {
    for await (const batch of startPass(check, 'validation.data', data)) {
      const samples = check.positiveInteger('the size of a batch', size?.(batch) ?? batchSize(check, batch));
      const sum = tidy(() => {
        const mean = checkLoss(check, 'the validation loss', loss(batch));
        return add(total, mul(mean, samples)) as Scalar;
      });
      total.dispose();
      total = sum;
      count += samples;
    }
    if (count === 0) check.fail(noBatches('validation.data', count));
    return tidy(() => div(total, count) as Scalar);
  } finally {
    total.dispose();
  }
}
