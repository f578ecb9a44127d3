import type { Image } from './dataset.ts';
import type { Box } from './transforms/functional/resize-image.ts';

/** Key of the method by which an image makes the pixels of a rectangle, without the others. */
export const decodePart = Symbol('decodePart');

/** An image of which only what is asked for is decoded. To all who do not know, it is an {@link Image} like others. */
export interface PartlyDecodable extends Image {
  /** @returns the rectangle's pixels, to be read at once: the next image is decoded into the same memory */
  [decodePart](box: Box): Uint8Array;
}

/**
 * A part of an image as an image, if that is cheaper to make than the whole.
 *
 * @param box inside the image
 * @returns an image to be read at once; nothing if the whole lies in memory
 */
export function decodedPart(image: Image, box: Box): Image | undefined {
  if (!isPartlyDecodable(image)) return undefined;
  const { height, width } = box;
  return { data: image[decodePart](box), height, width, channels: image.channels };
}

/** The whole of an image, in memory of its own. */
export function decodedWhole(image: Image): Image {
  if (!isPartlyDecodable(image)) return image;
  const { data, height, width, channels } = image;
  return { data, height, width, channels };
}

function isPartlyDecodable(image: Image): image is PartlyDecodable {
  return decodePart in image;
}
