import type { Stateful, VariableSource } from '@loopwright/core';
import type { InMemoryLoader } from '@loopwright/data';
import type { tf } from '@loopwright/tensorflow/portable';

export type Images = tf.Tensor4D;
export type Labels = tf.Tensor1D;
export type Logits = tf.Tensor2D;

/** What every recipe is told. */
export interface RecipeOptions {
  readonly seed: number;
  readonly epochs: number;
  /** Filters of the first block, where the network is ours to choose. */
  readonly width: number;
  /** Images a step, where the original does not say. */
  readonly batch: number;
}

/** A network with the way in which it is trained: what the loop asks for, and nothing of what is inside. */
export interface Recipe {
  /** Weights that train. */
  readonly weights: number;
  /** Of training images; the recipe's. */
  readonly loader: InMemoryLoader;
  /** All that has state, but for the loader. */
  readonly parts: Readonly<Record<string, Stateful | VariableSource>>;
  epochStarts(epoch: number): void;
  /** Trains a step, counted from 1; the mean loss, which the caller owns. */
  step(images: Images, labels: Labels, step: number): tf.Scalar;
  epochEnds(): void;
  learningRate(): number;
  /** One look at each image, of values from 0 to 1; for the curves. The caller owns the logits. */
  predict(images: Images): Logits;
  /** As the finished network is used. */
  predictAtLast(images: Images): Logits;
  dispose(): void;
}
