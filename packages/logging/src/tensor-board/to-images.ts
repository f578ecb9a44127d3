import { type Checker, readTensor, show, type TensorValue } from '@loopwright/core';
import type { ImageValue } from '@loopwright/event-files';
import type { Tensor } from '@tensorflow/tfjs-core';
import { encodePng, type Pixels, pngSize } from './png.ts';

/**
 * What can be drawn: a PNG file, pixels, or a tensor of shape [height, width], [height, width, channels] or
 * [batch, height, width, channels], of float32 from 0 to 1, int32 from 0 to 255, or bool. What is outside is set to the
 * nearest bound.
 */
export type ImageInput = Uint8Array | Pixels | Tensor;

/** One or more pictures of one size, as PNG files. A tensor is borrowed. */
export function toImages(check: Checker, image: ImageInput): ImageValue {
  if (image instanceof Uint8Array) {
    const size =
      pngSize(image) ?? check.fail('image must be a PNG file, pixels or a tensor, got other bytes');
    return { ...size, images: [image] };
  }
  if (isTensor(image)) return tensorImages(check, image);
  const pixels = checkPixels(check, image);
  return { width: pixels.width, height: pixels.height, images: [encodePng(pixels)] };
}

/** Known by what it can do, so that nothing here loads TensorFlow.js. */
export function isTensor(value: unknown): value is Tensor {
  return typeof (value as Partial<Tensor> | null | undefined)?.dataSync === 'function';
}

function checkPixels(check: Checker, image: Pixels): Pixels {
  if (
    typeof image !== 'object' ||
    image === null ||
    !(image.data instanceof Uint8Array || image.data instanceof Uint8ClampedArray)
  ) {
    check.fail(`image must be a PNG file, pixels or a tensor, got ${show(image)}`);
  }
  const width = check.positiveInteger('image.width', image.width);
  const height = check.positiveInteger('image.height', image.height);
  const channels = image.data.length / (width * height);
  if (![1, 2, 3, 4].includes(channels)) {
    check.fail(
      `image.data must have 1 to 4 bytes for each of ${width} × ${height} pixels, got ${image.data.length} bytes`,
    );
  }
  return image;
}

function tensorImages(check: Checker, tensor: Tensor): ImageValue {
  const [batch, height, width, channels] = batchShape(tensor.shape);
  if (!(batch * height * width > 0 && [1, 2, 3, 4].includes(channels))) {
    check.fail(
      `image must have shape [height, width], [height, width, channels] or [batch, height, width, channels] with 1 to 4 channels, got ${show(tensor)}`,
    );
  }
  const data = toBytes(readTensor(tensor));
  const size = height * width * channels;
  const images = Array.from({ length: batch }, (_, index) =>
    encodePng({ width, height, data: data.subarray(index * size, (index + 1) * size) }),
  );
  return { width, height, images };
}

/** The shape with the axes that are missing; no picture if it has other ranks. */
function batchShape(shape: readonly number[]): [number, number, number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = shape;
  if (shape.length === 2) return [1, a, b, 1];
  if (shape.length === 3) return [1, a, b, c];
  return shape.length === 4 ? [a, b, c, d] : [0, 0, 0, 0];
}

function toBytes({ dtype, data }: TensorValue): Uint8ClampedArray {
  const scale = dtype === 'int32' ? 1 : 255;
  return Uint8ClampedArray.from(data, (value) => value * scale);
}
