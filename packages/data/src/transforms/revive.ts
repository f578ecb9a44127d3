import { checker, show } from '@loopwright/core';
import { alternatingFlip } from './alternating-flip.ts';
import { autoAugment } from './auto-augment.ts';
import { centerCrop } from './center-crop.ts';
import { colorJitter } from './color-jitter.ts';
import { compose } from './compose.ts';
import { cutout } from './cutout.ts';
import { fromModule } from './from-module.ts';
import { grayscale, randomGrayscale } from './grayscale.ts';
import type { ImageTransform, PlainData, TransformSpec } from './image-transform.ts';
import { refuseLocal } from './local-function.ts';
import { randAugment } from './rand-augment.ts';
import { randomAffine } from './random-affine.ts';
import { randomCrop } from './random-crop.ts';
import { randomErasing } from './random-erasing.ts';
import { randomHorizontalFlip, randomVerticalFlip } from './random-flip.ts';
import { randomResizedCrop } from './random-resized-crop.ts';
import { randomRotation } from './random-rotation.ts';
import { resize } from './resize.ts';
import { trivialAugmentWide } from './trivial-augment-wide.ts';

const check = checker('data', 'reviveTransform');

/** Every factory whose options are all that it needs, by the name in its description. */
const factories = {
  alternatingFlip,
  autoAugment,
  centerCrop,
  colorJitter,
  cutout,
  grayscale,
  randAugment,
  randomAffine,
  randomCrop,
  randomErasing,
  randomGrayscale,
  randomHorizontalFlip,
  randomResizedCrop,
  randomRotation,
  randomVerticalFlip,
  resize,
  trivialAugmentWide,
};

/** Descriptions that hold others, or name a module to import. */
const nested = {
  compose: async ({ transforms }: { transforms: TransformSpec[] }) =>
    compose(await Promise.all(transforms.map(reviveTransform))),
  fromModule: (spec: { url: string; exportName: string; options: Record<string, PlainData> }) =>
    fromModule(spec.url, spec.exportName, spec.options),
};

type Factory = (options: never) => ImageTransform | Promise<ImageTransform>;
const registry = new Map<string, Factory>(Object.entries({ ...factories, ...nested }));

/**
 * Rebuilds a transform from its description, in this thread or another: the same image and stream give the same result.
 *
 * @throws LoopwrightError if the name is unknown, the options do not fit, or a part is a plain function, which exists in
 * one thread only
 * @example
 * const flip = transforms.randomHorizontalFlip({ p: 1 });
 * const copy = await transforms.reviveTransform(JSON.parse(JSON.stringify(flip.spec)));
 * const image = { data: Uint8Array.of(1, 2, 3), height: 1, width: 3, channels: 1 };
 * copy(image, new RandomStream(seed)).data; // [3, 2, 1]
 */
export async function reviveTransform(spec: TransformSpec): Promise<ImageTransform> {
  refuseLocal(check, spec);
  const factory = registry.get(spec.name);
  if (factory === undefined) return check.fail(`no transform is named ${show(spec.name)}`);
  return factory(spec.options as never);
}
