import { checker } from '@loopwright/core';
import {
  describeTransform,
  type ImageTransform,
  type Transform,
  type TransformSpec,
} from './image-transform.ts';
import { describeLocal } from './local-function.ts';

/**
 * Applies transforms one after another, all with the same stream, so the draws of one follow those of the one before.
 *
 * Takes a list, as torchvision's `Compose`, or the transforms as arguments. A plain function may be among them, but it
 * cannot be sent to a worker: make it with {@link fromModule} for that.
 *
 * @throws LoopwrightError if one is no function
 * @example
 * const augment = transforms.compose([transforms.randomCrop({ padding: 1 }), transforms.randomHorizontalFlip()]);
 * const image = augment(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function compose(...members: readonly (Transform | readonly Transform[])[]): ImageTransform {
  const check = checker('data', 'compose');
  const chain = members
    .flat()
    .map((member, position) => check.func(`transforms[${position}]`, member as Transform));
  const specs = chain.map(
    (member): TransformSpec => (isDescribed(member) ? member.spec : describeLocal(member)),
  );
  return describeTransform('compose', { transforms: specs }, (image, stream, place) => {
    let result = image;
    for (const transform of chain) result = transform(result, stream, place);
    return result;
  });
}

function isDescribed(transform: Transform): transform is ImageTransform {
  return 'spec' in transform;
}
