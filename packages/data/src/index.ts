export { Cifar10 } from './cifar10.ts';
export { collateImages, type ImageBatch } from './collate.ts';
export { DataLoader, type DataLoaderOptions } from './data-loader.ts';
export type { Dataset, Image, ImageSample } from './dataset.ts';
export { ImageArrayDataset, type ImageArrays } from './image-array-dataset.ts';
export { mapDataset } from './map-dataset.ts';
export { FashionMnist, Mnist, type SplitOptions } from './mnist.ts';
export { randomSplit, Subset } from './subset.ts';
export * as transforms from './transforms/index.ts';
