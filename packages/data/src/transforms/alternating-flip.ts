import { checker, RandomStream } from '@loopwright/core';
import { flipHorizontally } from './functional/flip.ts';
import { describeTransform, type ImageTransform, type SamplePlace } from './image-transform.ts';

/**
 * Mirrors a random half of the images in epoch 0, the other half in epoch 1, and so on in turn: in each pair of epochs a
 * network sees every image both ways, and none twice the same way (Jordan 2024, airbench).
 *
 * Draws nothing from the sample's stream: it depends on its own seed and on the sample's place alone, which a loader
 * passes as the third argument.
 *
 * @throws LoopwrightError for bad options, by name, and when called without the sample's place
 * @example
 * const flip = transforms.alternatingFlip({ seed: 7 });
 * const image = { data: Uint8Array.of(1, 2), height: 1, width: 2, channels: 1 };
 * const seen = [0, 1].map((epoch) => flip(image, new RandomStream(seed), { epoch, index: 5 }).data.join());
 * new Set(seen).size; // 2
 */
export function alternatingFlip(options: { readonly seed?: number } = {}): ImageTransform {
  const check = checker('data', 'alternatingFlip');
  const { seed = 0 } = check.options(options, ['seed']);
  check.integer('seed', seed);
  return describeTransform('alternatingFlip', options, (image, _, place) => {
    if (place === undefined)
      return check.fail('needs the epoch and index of the sample as its third argument');
    return isFlipped(seed, place) ? flipHorizontally(image) : image;
  });
}

/** Whether the image at this place is mirrored, which changes from each epoch to the next. */
export function isFlipped(seed: number, { epoch, index }: SamplePlace): boolean {
  const first = new RandomStream(seed, 'alternatingFlip', index).uint32() % 2;
  return (first + epoch) % 2 === 1;
}
