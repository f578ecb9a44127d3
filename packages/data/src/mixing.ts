import { type Checker, RandomStream, show } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import {
  add,
  concat,
  mul,
  oneHot,
  slice,
  sub,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { checkImages } from './batch-transforms/check-images.ts';

/** A batch that can be mixed. */
export interface MixableBatch {
  /** float32 [batch, height, width, channels]. */
  readonly images: Tensor4D;
  /** int32 [batch] class indices, or float32 [batch, classes] soft labels. */
  readonly labels: Tensor1D | Tensor2D;
}

/** A batch whose labels are shares of classes. A type and no interface, so that `tf.tidy` and `tf.dispose` take it. */
export type MixedBatch = {
  /** float32 [batch, height, width, channels]. */
  readonly images: Tensor4D;
  /** float32 [batch, classes]; each row sums to what it summed to before, 1 for class indices. */
  readonly labels: Tensor2D;
};

/** Options of `mixUp` and `cutMix`: where chance comes from is either a stream or a seed. */
export interface MixOptions {
  /** Of the beta distribution that shares are drawn from: 1 draws evenly, less stays nearer to the originals. Default 1. */
  readonly alpha?: number;
  /** Classes in all; needed where labels are class indices. */
  readonly numClasses?: number;
  /** Goes on from call to call; inside a compiled step it is drawn from at each call of that. */
  readonly stream?: RandomStream;
  /** The same seed mixes in the same way: pass another one for each batch. */
  readonly seed?: number;
}

/** Options once they are checked. */
export interface Mixing {
  readonly alpha: number;
  readonly stream: RandomStream;
  /** Makes float labels of class indices; the caller owns them, unless they are the batch's own. */
  softLabels(): Tensor2D;
}

/** Checks what `mixUp` and `cutMix` take. */
export function readMixing(check: Checker, batch: MixableBatch, options: MixOptions): Mixing {
  const {
    alpha = 1,
    numClasses,
    stream,
    seed,
  } = check.options(options, ['alpha', 'numClasses', 'stream', 'seed']);
  check.number('alpha', alpha, { above: 0 });
  const size = checkImages(check, batch.images).shape[0];
  if ((stream === undefined) === (seed === undefined)) check.fail('needs a stream or a seed, and not both');
  return {
    alpha,
    stream: stream ?? new RandomStream(check.integer('seed', seed), 'mix'),
    softLabels: readLabels(check, batch.labels, size, numClasses),
  };
}

function readLabels(
  check: Checker,
  labels: Tensor,
  batch: number,
  numClasses: number | undefined,
): () => Tensor2D {
  if (labels instanceof Tensor && labels.dtype === 'int32') {
    checkTensor(check, 'labels', labels, { dtype: 'int32', shape: [batch] });
    const classes = check.integer('numClasses', numClasses, { min: 2 });
    return () => oneHot(labels as Tensor1D, classes, 1, 0, 'float32') as Tensor2D;
  }
  const shape = [batch, numClasses ?? 'classes'];
  if (labels instanceof Tensor && labels.dtype === 'float32') {
    return () => checkTensor(check, 'labels', labels, { dtype: 'float32', shape }) as Tensor2D;
  }
  return check.fail(
    `labels must be int32 class indices of shape [${batch}] or float32 soft labels of shape [${batch}, classes], got ${show(labels)}`,
  );
}

/** The batch with each sample replaced by the one before it, the first by the last: whom each is mixed with. */
export function partners<T extends Tensor>(batch: T): T {
  const last = batch.shape[0]! - 1;
  return concat([slice(batch, last, 1), slice(batch, 0, last)], 0) as T;
}

/** share · first + (1 − share) · second. */
export function blend<T extends Tensor>(first: T, second: T, share: Tensor): T {
  return add(mul(second, sub(1, share)), mul(first, share)) as T;
}
