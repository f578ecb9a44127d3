import { type Checker, checker } from '@loopwright/core';
import { adjustBrightness } from './functional/adjust-brightness.ts';
import { adjustContrast } from './functional/adjust-contrast.ts';
import { adjustHue } from './functional/adjust-hue.ts';
import { adjustSaturation } from './functional/adjust-saturation.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { type Range, readRange, readRangeAround } from './options.ts';

/** Options of {@link colorJitter}. What is left out stays as it is. */
export interface ColorJitterOptions {
  /** x draws a factor from max(0, 1 − x) to 1 + x; two numbers are the range itself. */
  readonly brightness?: number | Range;
  /** As `brightness`. */
  readonly contrast?: number | Range;
  /** As `brightness`. */
  readonly saturation?: number | Range;
  /** x draws a shift from −x to x turns, x at most 0.5; two numbers are the range itself. */
  readonly hue?: number | Range;
}

const ADJUSTMENTS = [adjustBrightness, adjustContrast, adjustSaturation, adjustHue] as const;

/**
 * Changes brightness, contrast, saturation and hue by random amounts in random order (torchvision's `ColorJitter`).
 *
 * Draws a permutation of four (three integers), then four numbers: the amounts in the order of the name above, those
 * of what is left out too.
 *
 * @throws LoopwrightError for bad options, by name; when called, if the image has neither 1 nor 3 channels
 * @example
 * const jitter = transforms.colorJitter({ brightness: 0.4, hue: [-0.1, 0.1] });
 * const image = jitter(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function colorJitter(options: ColorJitterOptions = {}): ImageTransform {
  const check = checker('data', 'colorJitter');
  const { brightness, contrast, saturation, hue } = check.options(options, [
    'brightness',
    'contrast',
    'saturation',
    'hue',
  ]);
  const ranges = [
    factorRange(check, 'brightness', brightness),
    factorRange(check, 'contrast', contrast),
    factorRange(check, 'saturation', saturation),
    hue === undefined ? undefined : readRangeAround(check, 'hue', hue, 0.5),
  ] as const;
  return describeTransform('colorJitter', options, (image, stream) => {
    const order = stream.permutation(ADJUSTMENTS.length);
    const amounts = ranges.map((range) => stream.uniform(...(range ?? [0, 1])));
    let result = image;
    for (const which of order) {
      if (ranges[which] !== undefined) result = ADJUSTMENTS[which]!(result, amounts[which]!);
    }
    return result;
  });
}

function factorRange(check: Checker, name: string, value: number | Range | undefined): Range | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') return readRange(check, name, value, { min: 0 });
  check.number(name, value, { min: 0 });
  return [Math.max(0, 1 - value), 1 + value];
}
