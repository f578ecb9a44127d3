import type { TensorFlow } from '@loopwright/tensorflow/portable';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Added to the variances, so that directions in which nothing varies are not blown up. */
const EPSILON = 5e-4;

/**
 * Filters of a convolution whose outputs are uncorrelated and of variance one over the patches of these images: the
 * eigenvectors v of the patches' second moments, divided by √(eigenvalue + ε), and their negatives.
 *
 *     filters = [v₁ / √(λ₁ + ε), …, −v₁ / √(λ₁ + ε), …]    λ₁ ≥ λ₂ ≥ …
 *
 * Follows D. Page, "How to Train Your ResNet" (2018), in the form of K. Jordan's airbench94.py.
 *
 * @param images normalised, [batch, height, width, channels]; borrowed
 * @param size of a patch, in pixels each way
 * @returns [size, size, channels, 2 · size² · channels]; the caller owns them
 */
export async function whiteningFilters(tf: TensorFlow, images: Tensor4D, size: number): Promise<Tensor4D> {
  const [batch, height, width, channels] = images.shape;
  const [rows, columns] = [height - size + 1, width - size + 1];
  const moments = tf.tidy(() => {
    const shifted = Array.from({ length: size * size }, (_, place) =>
      tf.slice(images, [0, Math.floor(place / size), place % size, 0], [batch, rows, columns, channels]),
    );
    const patches = tf.reshape(tf.concat(shifted, 3), [-1, size * size * channels]) as Tensor2D;
    return tf.div(tf.matMul(patches, patches, true), batch * rows * columns) as Tensor2D;
  });
  const directions = symmetricEigen(await moments.array()).map(({ value, vector }) =>
    vector.map((element) => element / Math.sqrt(value + EPSILON)),
  );
  moments.dispose();
  return tf.tidy(() => {
    const half = tf.reshape(tf.transpose(tf.tensor2d(directions)), [size, size, channels, directions.length]);
    return tf.concat([half, tf.neg(half)], 3) as Tensor4D;
  });
}
