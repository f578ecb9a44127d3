import { checker } from '@loopwright/core';
import { hostTensor } from '@loopwright/core/tensors';
import { tidy } from '@tensorflow/tfjs-core';
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
 * Blends each image of a batch with the one before it, the first with the last, and the labels in the same share
 * (torchvision's `MixUp`; Zhang et al. 2018):
 *
 *     mixed_i = λ · x_i + (1 − λ) · x_{i−1},  λ ~ Beta(α, α), one for the batch
 *
 * Neighbours are mixed, so the batch should be shuffled. Draws one sample of the beta distribution.
 *
 * @param batch borrowed
 * @returns new images and float32 labels [batch, classes], as `crossEntropy` takes them; the caller owns both
 * @throws LoopwrightError for bad options, by name, and for tensors of other types or shapes
 * @example
 * const stream = new RandomStream(seed, 'mix');
 * const mixed = mixUp({ images, labels }, { alpha: 0.2, numClasses: 10, stream });
 * crossEntropy(forward(mixed.images), mixed.labels).dispose();
 */
export function mixUp(batch: MixableBatch, options: MixOptions): MixedBatch {
  const { alpha, stream, softLabels } = readMixing(checker('data', 'mixUp'), batch, options);
  return tidy(() => {
    const labels = softLabels();
    const share = hostTensor(() => {
      const data = Float32Array.of(betaSample(stream, alpha));
      return { dtype: 'float32', shape: [], data };
    });
    return {
      images: blend(batch.images, partners(batch.images), share),
      labels: blend(labels, partners(labels), share),
    };
  });
}
