/** How a pixel's weight falls with its distance from the target's centre. */
export interface Filter {
  /** Distance in pixels from which on the weight is zero. */
  readonly support: number;
  weight(distance: number): number;
}

/** The triangle: linear interpolation between neighbours. */
const bilinear: Filter = {
  support: 1,
  weight: (distance) => Math.max(0, 1 - Math.abs(distance)),
};

/** Keys' cubic convolution with a = −1/2, as Pillow has it (Keys 1981). */
const bicubic: Filter = {
  support: 2,
  weight(distance) {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

/** The filters by the name of the interpolation that uses them. */
export const filters = { bilinear, bicubic };
