import { LoopwrightError } from '@loopwright/core';

/**
 * Thrown by a data set whose sample is to be left out: a loader makes the batch without it, and lists it under `skipped`.
 *
 * @example
 * const get = (index: number) => {
 *   if (index === 2) throw new SkipSample('is blank');
 *   return index;
 * };
 * const gappy = { length: 4, get };
 * const loader = new DataLoader(gappy, { batchSize: 4, collate: (values) => tf.tensor1d([...values]) });
 * for await (const batch of loader) batch.shape; // [3]
 * loader.skipped[0]?.index; // 2
 */
export class SkipSample extends LoopwrightError {
  /** What was wrong with it. */
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super({ package: 'data', subject: 'SkipSample' }, reason, options);
    this.reason = reason;
  }
}
