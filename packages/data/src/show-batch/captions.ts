import type { Checker } from '@loopwright/core';

/** Labels read from the device: class indices, or rows of shares. */
export interface LabelValues {
  readonly data: ArrayLike<number>;
  /** Values a sample: 1 for class indices. */
  readonly width: number;
}

/** Of soft labels, classes with less than this share are not named. */
const NEGLIGIBLE = 0.005;
const NAMED = 2;

/** What stands below a sample: its class, or the largest shares of soft labels, a line each. */
export function captionOf(
  check: Checker,
  labels: LabelValues,
  sample: number,
  classes?: readonly string[],
): string {
  const { data, width } = labels;
  if (width === 1) return className(check, data[sample]!, classes);
  return Array.from({ length: width }, (_, index) => ({ index, share: data[sample * width + index]! }))
    .filter(({ share }) => share >= NEGLIGIBLE)
    .sort((a, b) => b.share - a.share)
    .slice(0, NAMED)
    .map(({ index, share }) => {
      const name = className(check, index, classes);
      return share > 1 - NEGLIGIBLE ? name : `${name} ${Math.round(100 * share)}%`;
    })
    .join('\n');
}

function className(check: Checker, index: number, classes?: readonly string[]): string {
  if (classes === undefined) return String(index);
  return classes[index] ?? check.fail(`a label is ${index}, but classes has ${classes.length} names`);
}
