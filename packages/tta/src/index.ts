export { compose, product, weighted } from './combine.ts';
export type { Merge, MergeName } from './merges.ts';
export { type TestTimeAugmentOptions, testTimeAugment } from './test-time-augment.ts';
export type { TranslateOptions } from './translate.ts';
export type { View } from './view.ts';
export * as views from './views.ts';
