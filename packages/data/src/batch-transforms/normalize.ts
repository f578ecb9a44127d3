import { checker } from '@loopwright/core';
import { add, mul, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { checkStatistics } from '../transforms/pixel-converter.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import { checkImages } from './check-images.ts';

/**
 * Normalises a batch: (images − mean) / std, a channel at a time (torchvision's `Normalize`).
 *
 * @param images float32 [batch, height, width, channels], from 0 to 1; borrowed
 * @returns a tensor of the same shape, which the caller owns
 * @throws LoopwrightError if the statistics do not fit the channels
 * @example
 * const normalized = batchTransforms.normalize(images, transforms.statistics.cifar10);
 */
export function normalize(images: Tensor4D, statistics: ChannelStatistics): Tensor4D {
  const channels = checkImages(checker('data', 'normalize'), images).shape[3];
  const { mean, std } = checkStatistics(statistics, channels);
  return tidy(() => {
    const scale = tensor1d(std.map((deviation) => 1 / deviation));
    const shift = tensor1d(std.map((deviation, channel) => -mean[channel]! / deviation));
    return add(mul(images, scale), shift);
  });
}

/**
 * Undoes {@link normalize}: images · std + mean, to look at what a network was fed.
 *
 * @param images float32 [batch, height, width, channels], normalised; borrowed
 * @returns a tensor of the same shape, which the caller owns
 * @throws LoopwrightError if the statistics do not fit the channels
 * @example
 * const { cifar10 } = transforms.statistics;
 * const visible = batchTransforms.unnormalize(batchTransforms.normalize(images, cifar10), cifar10);
 */
export function unnormalize(images: Tensor4D, statistics: ChannelStatistics): Tensor4D {
  const channels = checkImages(checker('data', 'unnormalize'), images).shape[3];
  const { mean, std } = checkStatistics(statistics, channels);
  return tidy(() => add(mul(images, tensor1d([...std])), tensor1d([...mean])));
}
