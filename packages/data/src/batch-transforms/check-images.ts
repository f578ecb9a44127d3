import type { Checker } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** Checks that a tensor is a batch of images in floats. */
export function checkImages(check: Checker, images: Tensor): Tensor4D {
  const shape = ['batch', 'height', 'width', 'channels'];
  return checkTensor(check, 'images', images, { dtype: 'float32', shape }) as Tensor4D;
}
