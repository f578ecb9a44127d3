import type { Histogram } from './records.ts';
import type { Sample } from './samples.ts';

const BINS = 40;

/** Histograms of several moments over the same bins, to be drawn one behind the other. */
export interface HistogramGrid {
  /** Where the first bin begins and the last one ends. */
  readonly min: number;
  readonly max: number;
  readonly rows: readonly { readonly position: number; readonly counts: readonly number[] }[];
}

/** Spreads the counts of each histogram over bins of equal width, evenly within each of its own buckets. */
export function histogramGrid(samples: readonly Sample<Histogram>[]): HistogramGrid {
  const [min, max] = rangeOf(samples);
  const width = (max - min) / BINS;
  const rows = samples.map(({ position, item }) => ({ position, counts: rebin(item, min, width) }));
  return { min, max, rows };
}

function rebin({ left, right, counts }: Histogram, min: number, width: number): number[] {
  const bins = new Float64Array(BINS);
  const binAt = (value: number) => Math.min(BINS - 1, Math.max(0, Math.floor((value - min) / width)));
  for (const [i, count] of counts.entries()) {
    const [low, high] = [left[i] as number, right[i] as number];
    if (!(count > 0) || !Number.isFinite(low) || !Number.isFinite(high)) continue;
    const [first, last] = [binAt(low), binAt(high)];
    for (let bin = first; bin <= last; bin++) {
      const overlap = Math.min(high, min + (bin + 1) * width) - Math.max(low, min + bin * width);
      const share =
        first === last || high === low ? Number(bin === first) : Math.max(0, overlap) / (high - low);
      bins[bin] = (bins[bin] as number) + count * share;
    }
  }
  return [...bins];
}

/** From the smallest to the largest edge of a bucket that is not empty; of some width in any case. */
function rangeOf(samples: readonly Sample<Histogram>[]): [min: number, max: number] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { item } of samples) {
    for (const [i, count] of item.counts.entries()) {
      const [low, high] = [item.left[i] as number, item.right[i] as number];
      if (!(count > 0) || !Number.isFinite(low) || !Number.isFinite(high)) continue;
      [min, max] = [Math.min(min, low), Math.max(max, high)];
    }
  }
  if (min > max) return [0, 1];
  return min === max ? [min - 0.5, max + 0.5] : [min, max];
}
