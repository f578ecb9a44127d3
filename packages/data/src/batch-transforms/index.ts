export { type BatchCutoutOptions, cutout } from './cutout.ts';
export { alternatingFlip, randomHorizontalFlip } from './flip.ts';
export { normalize, unnormalize } from './normalize.ts';
export { type BatchCropOptions, randomCrop } from './random-crop.ts';
export { toTensor } from './to-tensor.ts';
