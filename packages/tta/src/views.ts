/** The views that come with this package, gathered under one name by the index. */
export { airbench } from './airbench.ts';
export { add, multiply } from './brightness.ts';
export { horizontalFlip, identity, rotate90, verticalFlip } from './symmetries.ts';
export { translate } from './translate.ts';
