import { checker } from '@loopwright/core';
import type { AffineSampling } from './functional/affine-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { applyOperation, drawSign, readSampling } from './policies/apply-operation.ts';
import { autoAugmentSpace } from './policies/magnitudes.ts';
import { type PolicyName, publishedPolicies, type SubPolicy } from './policies/published-policies.ts';

/** Options of {@link autoAugment}. */
export interface AutoAugmentOptions extends AffineSampling {
  /** Which data set the policy was searched on; `'imagenet'` by default. */
  readonly policy?: PolicyName;
}

const LEVELS = 10;

/**
 * Applies one of 25 published pairs of operations, each operation with the probability that the policy gives it
 * (torchvision's `AutoAugment`; Cubuk et al. 2019).
 *
 * Draws five times: the pair, an integer; for each of its operations two numbers, whether to apply it, and its sign.
 *
 * @throws LoopwrightError for bad options, by name; when called, if the image has neither 1 nor 3 channels
 * @example
 * const augment = transforms.autoAugment({ policy: 'cifar10' });
 * const image = augment(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function autoAugment(options: AutoAugmentOptions = {}): ImageTransform {
  const check = checker('data', 'autoAugment');
  const { policy = 'imagenet', ...rest } = check.options(options, ['policy', 'interpolation', 'fill']);
  check.oneOf('policy', policy, Object.keys(publishedPolicies));
  const pairs: readonly SubPolicy[] = publishedPolicies[policy];
  const sampling = readSampling(check, rest);
  return describeTransform('autoAugment', options, (image, stream) => {
    let result = image;
    for (const [operation, probability, level = 0] of pairs[stream.integer(pairs.length)]!) {
      const applied = stream.uniform() < probability;
      const strength = { level, levels: LEVELS, negated: drawSign(stream) };
      if (applied) result = applyOperation(result, operation, autoAugmentSpace, strength, sampling);
    }
    return result;
  });
}
