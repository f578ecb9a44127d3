import { product, weighted } from './combine.ts';
import { horizontalFlip, identity } from './symmetries.ts';
import { translate } from './translate.ts';
import type { View } from './view.ts';

/**
 * The six views that airbench evaluates CIFAR-10 with: the image, and the image shifted by a pixel to either side of the
 * diagonal, each of them plain and mirrored. The unshifted two weigh 1/4, the four others 1/8.
 *
 * Follows `infer_mirror_translate` in Keller Jordan's airbench94.py, which merges logits by their mean.
 */
export const airbench: readonly View[] = product(
  [weighted(identity, 1 / 2), weighted(translate(1, 1), 1 / 4), weighted(translate(-1, -1), 1 / 4)],
  [weighted(identity, 1 / 2), weighted(horizontalFlip, 1 / 2)],
);
