import { checker, RandomStream } from '@loopwright/core';
import type { Dataset } from '../dataset.ts';
import { ConcatDataset } from '../datasets/concat-dataset.ts';
import { requireLabels } from '../datasets/labels-of.ts';
import { Subset } from '../datasets/subset.ts';
import { shuffledByClass } from './indices-by-class.ts';

/** Options of {@link movePerClass}. */
export interface MovePerClassOptions {
  /** How many samples of each class move. */
  readonly perClass: number;
  /** Which ones; the same seed, the same samples. Default 0. */
  readonly seed?: number;
  /** A class a sample of `train`; by default those of the data set. */
  readonly labels?: ArrayLike<number>;
}

/**
 * Moves as many samples of each class from a training set to the end of a validation set. What stays keeps its order.
 *
 * Samples keep the transforms of the data set that they come from: split first, transform after
 * ({@link transformImages}).
 *
 * @returns the training set without them, and the validation set with them
 * @throws LoopwrightError if a class has fewer samples, or the labels are not known
 * @example
 * const [official, test] = randomSplit(dataset, [8, 4], { seed: 0 });
 * const [train, validation] = movePerClass(official, test, { perClass: 2 });
 * [train.length, validation.length]; // [4, 8]
 */
export function movePerClass<T>(
  train: Dataset<T>,
  validation: Dataset<T>,
  options: MovePerClassOptions,
): [train: Subset<T>, validation: ConcatDataset<T>] {
  const check = checker('data', 'movePerClass');
  const { perClass, seed = 0, labels } = check.options(options, ['perClass', 'seed', 'labels']);
  check.positiveInteger('perClass', perClass);
  const stream = new RandomStream(check.integer('seed', seed), 'movePerClass');
  const moved = new Set<number>();
  for (const [label, members] of shuffledByClass(requireLabels(check, train, labels), stream)) {
    if (members.length < perClass)
      check.fail(`class ${label} has ${members.length} samples, fewer than perClass, ${perClass}`);
    for (const index of members.slice(0, perClass)) moved.add(index);
  }
  const indices = Array.from({ length: train.length }, (_, index) => index);
  const staying = new Subset(
    train,
    indices.filter((index) => !moved.has(index)),
  );
  const moving = new Subset(
    train,
    indices.filter((index) => moved.has(index)),
  );
  return [staying, new ConcatDataset([validation, moving])];
}
