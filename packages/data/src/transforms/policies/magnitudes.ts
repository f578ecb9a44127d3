import type { Size } from '../functional/resize-image.ts';
import { roundHalfEven } from '../rounding.ts';
import type { OperationName } from './operations.ts';

/** The strength of an operation at one of so many levels, the first of which is usually the weakest. */
export interface Magnitude {
  at(level: number, levels: number, image: Size): number;
  /** Whether it is negated half of the time. */
  readonly signed: boolean;
}

/** The operations that a policy chooses from, and how strong each is. */
export type AugmentationSpace = Readonly<Partial<Record<OperationName, Magnitude>>>;

/** The upper ends of a space's ranges; all others are the same everywhere. */
interface Limits {
  readonly shear: number;
  readonly translateX: (image: Size) => number;
  readonly translateY: (image: Size) => number;
  readonly rotate: number;
  readonly color: number;
  readonly lostBits: number;
}

const none: Magnitude = { at: () => 0, signed: false };

function space({ shear, translateX, translateY, rotate, color, lostBits }: Limits) {
  return {
    Identity: none,
    ShearX: upTo(() => shear),
    ShearY: upTo(() => shear),
    TranslateX: upTo(translateX),
    TranslateY: upTo(translateY),
    Rotate: upTo(() => rotate),
    Brightness: upTo(() => color),
    Color: upTo(() => color),
    Contrast: upTo(() => color),
    Sharpness: upTo(() => color),
    Posterize: {
      at: (level, levels) => roundHalfEven(8 - level / ((levels - 1) / lostBits)),
      signed: false,
    },
    Solarize: { at: (level, levels) => spaced(1, 0, level, levels), signed: false },
    AutoContrast: none,
    Equalize: none,
  } satisfies AugmentationSpace;
}

/** RandAugment's space; translations reach 150 of 331 pixels, as for the images of the AutoAugment paper. */
export const randAugmentSpace = space({
  shear: 0.3,
  translateX: ({ width }) => (150 / 331) * width,
  translateY: ({ height }) => (150 / 331) * height,
  rotate: 30,
  color: 0.9,
  lostBits: 4,
});

const { Identity: _, ...withoutIdentity } = randAugmentSpace;

/** AutoAugment's space: RandAugment's, with negatives and without an operation that does nothing. */
export const autoAugmentSpace = { ...withoutIdentity, Invert: none } satisfies AugmentationSpace;

/** TrivialAugment's wide space; translations reach 32 pixels, whatever the image's size. */
export const trivialAugmentWideSpace = space({
  shear: 0.99,
  translateX: () => 32,
  translateY: () => 32,
  rotate: 135,
  color: 0.99,
  lostBits: 6,
});

function upTo(limit: (image: Size) => number): Magnitude {
  return { at: (level, levels, image) => spaced(0, limit(image), level, levels), signed: true };
}

/** One of evenly spaced values, in single precision and from the nearer end, as `torch.linspace` computes them. */
function spaced(first: number, last: number, level: number, levels: number): number {
  if (levels === 1) return first;
  const step = Math.fround(Math.fround(last - first) / (levels - 1));
  return level < Math.floor(levels / 2)
    ? Math.fround(first + step * level)
    : Math.fround(last - step * (levels - 1 - level));
}
