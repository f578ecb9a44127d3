export type {
  Dataset,
  DatasetSpec,
  DescribedDataset,
  Image,
  ImageSample,
  LabelledDataset,
} from '../dataset.ts';
export type { DownloadOption, DownloadSettings } from '../download/fetch-archives.ts';
export type { DownloadProgress } from '../download/report-progress.ts';
export { ArrayDataset } from './array-dataset.ts';
export { Cifar10 } from './cifar10.ts';
export { Cifar100, type Cifar100Options } from './cifar100.ts';
export { ConcatDataset } from './concat-dataset.ts';
export { datasetFromModule } from './dataset-from-module.ts';
export { ImageArrayDataset, type ImageArrays, type ImageOptions } from './image-array-dataset.ts';
export { ImageFileDataset, type ImageFileOptions, type ImageFiles } from './image-file-dataset.ts';
export { ImageFolder, type ImageFolderOptions } from './image-folder.ts';
export { type LoadedImages, loadImages } from './load-images.ts';
export { mapDataset } from './map-dataset.ts';
export { FashionMnist, Mnist } from './mnist.ts';
export { SkipSample } from './skip-sample.ts';
export type { Downloadable, SplitOptions } from './split-options.ts';
export { Subset } from './subset.ts';
export { mirrorImages, type TransformedImages, transformImages } from './transform-images.ts';
