import type { Image } from '../../dataset.ts';
import { adjustBrightness } from '../functional/adjust-brightness.ts';
import { adjustContrast } from '../functional/adjust-contrast.ts';
import { adjustSaturation } from '../functional/adjust-saturation.ts';
import { adjustSharpness } from '../functional/adjust-sharpness.ts';
import { type AffineSampling, affineImage, rotateImage } from '../functional/affine-image.ts';
import { autoContrast } from '../functional/auto-contrast.ts';
import { equalize } from '../functional/equalize.ts';
import { posterize } from '../functional/posterize.ts';
import { invert, solarize } from '../functional/solarize.ts';

/** Changes an image by a magnitude, whose unit each operation chooses; the last argument says how to sample pixels. */
type Operation = (image: Image, magnitude: number, sampling: AffineSampling) => Image;

/** The corner about which an image is sheared. */
const CORNER = [0, 0] as const;

/** The operations of the augmentation policies by their names in the papers, with torchvision's units. */
export const operations = {
  Identity: (image) => image,
  ShearX: (image, slope, sampling) =>
    affineImage(image, { shear: [degrees(Math.atan(slope)), 0], center: CORNER }, sampling),
  ShearY: (image, slope, sampling) =>
    affineImage(image, { shear: [0, degrees(Math.atan(slope))], center: CORNER }, sampling),
  TranslateX: (image, pixels, sampling) =>
    affineImage(image, { translate: [Math.trunc(pixels), 0] }, sampling),
  TranslateY: (image, pixels, sampling) =>
    affineImage(image, { translate: [0, Math.trunc(pixels)] }, sampling),
  Rotate: rotateImage,
  Brightness: (image, change) => adjustBrightness(image, 1 + change),
  Color: (image, change) => adjustSaturation(image, 1 + change),
  Contrast: (image, change) => adjustContrast(image, 1 + change),
  Sharpness: (image, change) => adjustSharpness(image, 1 + change),
  Posterize: (image, bits) => posterize(image, Math.trunc(bits)),
  Solarize: (image, share) => solarize(image, Math.fround(255 * share)),
  AutoContrast: autoContrast,
  Equalize: equalize,
  Invert: invert,
} satisfies Record<string, Operation>;

/** The name of one of the {@link operations}. */
export type OperationName = keyof typeof operations;

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
