export { compose } from './compose.ts';
export { fromModule } from './from-module.ts';
export type { ImageTransform, PlainData, SamplePlace, Transform, TransformSpec } from './image-transform.ts';
export { reviveTransform } from './revive.ts';
export { randomCrop, randomHorizontalFlip } from './shift-and-mirror.ts';
