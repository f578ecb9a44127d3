import { batchTransforms, Cifar10, InMemoryLoader, transforms } from '@loopwright/data';

/** Both parts of CIFAR-10. */
export function openCifar10(path: string) {
  return { train: new Cifar10(path), test: new Cifar10(path, { train: false }) };
}

export const { cifar10: normalize } = transforms.statistics;

/** Images mirrored in alternate epochs and moved by up to two pixels. */
export function trainingLoader(train: Cifar10, batchSize: number, seed: number): InMemoryLoader {
  return new InMemoryLoader(train, {
    batchSize,
    shuffle: true,
    dropLast: true,
    seed,
    normalize,
    augment: (images, { stream, places }) =>
      batchTransforms.randomCrop(batchTransforms.alternatingFlip(images, { places, seed }), {
        stream,
        padding: 2,
        paddingMode: 'reflect',
      }),
  });
}
