import type { Size } from './resize-image.ts';

/** A rotation, scaling and shear about a point, then a translation. What is left out changes nothing. */
export interface AffineMotion {
  /** Degrees, clockwise. */
  readonly angle?: number;
  /** Pixels to the right and down. */
  readonly translate?: readonly [x: number, y: number];
  readonly scale?: number;
  /** Degrees along each axis. */
  readonly shear?: readonly [x: number, y: number];
  /** What stays where it is, in pixels from the upper left corner; the image's centre by default. */
  readonly center?: readonly [x: number, y: number];
}

/** Leads from a point of the result to one of the source, both counted from the image's centre: two rows of three. */
export type InverseMatrix = readonly [number, number, number, number, number, number];

/**
 * The inverse of T · C · R(angle) · S(scale) · SHy · SHx · C⁻¹, where C moves the origin to the fixed point
 * (torchvision's `_get_inverse_affine_matrix`).
 */
export function inverseAffineMatrix(motion: AffineMotion, { height, width }: Size): InverseMatrix {
  const {
    angle = 0,
    translate = [0, 0],
    scale = 1,
    shear = [0, 0],
    center = [width / 2, height / 2],
  } = motion;
  const [rotation, shearX, shearY] = [radians(angle), radians(shear[0]), radians(shear[1])];
  const [x, y] = [center[0] - width / 2, center[1] - height / 2];

  // Rotation and shear alone; their determinant is 1, so the inverse only exchanges and negates.
  const a = Math.cos(rotation - shearY) / Math.cos(shearY);
  const b = -(a * Math.tan(shearX) + Math.sin(rotation));
  const c = Math.sin(rotation - shearY) / Math.cos(shearY);
  const d = Math.cos(rotation) - c * Math.tan(shearX);
  const [xx, xy, yx, yy] = [d / scale, -b / scale, -c / scale, a / scale];

  const [movedX, movedY] = [x + translate[0], y + translate[1]];
  return [xx, xy, x - xx * movedX - xy * movedY, yx, yy, y - yx * movedX - yy * movedY];
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
