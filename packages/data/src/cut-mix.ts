import { checker, type RandomStream } from '@loopwright/core';
import { hostTensor } from '@loopwright/core/tensors';
import { mean, tidy } from '@tensorflow/tfjs-core';
import { betaSample } from './beta.ts';
import {
  blend,
  type MixableBatch,
  type MixedBatch,
  type MixOptions,
  partners,
  readMixing,
} from './mixing.ts';

/**
 * Pastes into each image of a batch a rectangle of the one before it, the last one's into the first, and blends the
 * labels by area (torchvision's `CutMix`; Yun et al. 2019). The rectangle is the same for the whole batch: its sides are
 * √(1 − λ) of the image's, with λ ~ Beta(α, α), its centre lies anywhere, and what reaches past the edges is lost.
 *
 * Neighbours are mixed, so the batch should be shuffled. Draws one sample of the beta distribution and two integers, the
 * centre's column and row.
 *
 * @param batch borrowed; its images are finite
 * @returns new images and float32 labels [batch, classes], as `crossEntropy` takes them; the caller owns both
 * @throws LoopwrightError for bad options, by name, and for tensors of other types or shapes
 * @example
 * const stream = new RandomStream(seed, 'mix');
 * const mixed = cutMix({ images, labels }, { numClasses: 10, stream });
 * crossEntropy(forward(mixed.images), mixed.labels).dispose();
 */
export function cutMix(batch: MixableBatch, options: MixOptions): MixedBatch {
  const { alpha, stream, softLabels } = readMixing(checker('data', 'cutMix'), batch, options);
  const [, height, width] = batch.images.shape;
  return tidy(() => {
    const labels = softLabels();
    const kept = hostTensor(() => {
      const data = drawKept(stream, alpha, height, width);
      return { dtype: 'float32', shape: [1, height, width, 1], data };
    });
    return {
      images: blend(batch.images, partners(batch.images), kept),
      labels: blend(labels, partners(labels), mean(kept)),
    };
  });
}

/** Ones for the pixels that an image keeps, zeros where its partner is pasted. */
function drawKept(stream: RandomStream, alpha: number, height: number, width: number): Float32Array {
  const halfSide = 0.5 * Math.sqrt(1 - betaSample(stream, alpha));
  const halfWidth = Math.trunc(halfSide * width);
  const halfHeight = Math.trunc(halfSide * height);
  const column = stream.integer(width);
  const row = stream.integer(height);
  const kept = new Float32Array(height * width).fill(1);
  const left = Math.max(0, column - halfWidth);
  const right = Math.min(width, column + halfWidth);
  for (let y = Math.max(0, row - halfHeight); y < Math.min(height, row + halfHeight); y++) {
    kept.fill(0, y * width + left, y * width + right);
  }
  return kept;
}
