import { EpochClock } from './epoch-clock.ts';
import { Samples } from './samples.ts';
import { Series } from './series.ts';

const MOST_TEXTS = 40;
const MOST_IMAGES = 16;
const MOST_HISTOGRAMS = 48;
const LONGEST_TEXT = 20_000;
/** A log with more names than this is no log of metrics, or a hostile one. */
export const MOST_NAMES = 2000;

/** An image as it stands in the file, compressed. */
export type ImageBytes = Uint8Array;

/** How often values fell into ranges: `counts[i]` of them between `left[i]` and `right[i]`. */
export interface Histogram {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly counts: readonly number[];
}

/** What a source has told of a run so far. */
export class Records {
  readonly series = new Map<string, Series>();
  readonly texts = new Map<string, Samples<string>>();
  readonly images = new Map<string, Samples<readonly ImageBytes[]>>();
  readonly histograms = new Map<string, Samples<Histogram>>();
  /** Hyper-parameters that are logged like metrics are, as TensorBoard's `hparams` do. */
  readonly settings = new Map<string, string | number | boolean>();
  readonly epochs = new EpochClock();
  /** What a position is. */
  unit: 'step' | 'epoch' | 'record' = 'record';
  /** How often the run went back to an earlier step. */
  returns = 0;
  /** Whether there are more names than are kept. */
  isTooWide = false;
  private furthest = Number.NEGATIVE_INFINITY;
  private start: number | undefined;

  /** Seconds from the first moment that was asked for to this one, both in seconds since 1970. */
  secondsAt(moment: number): number {
    this.start ??= moment;
    return moment - this.start;
  }

  addValue(name: string, position: number, value: number, seconds: number): void {
    const series = this.named(this.series, name, () => new Series(!Number.isNaN(seconds)));
    const passed = series?.append(position, value, seconds) ?? false;
    if (passed && position < this.furthest) this.returns += 1;
    this.furthest = passed ? position : Math.max(this.furthest, position);
  }

  addText(name: string, position: number, text: string): void {
    this.named(this.texts, name, () => new Samples(MOST_TEXTS))?.add(position, text.slice(0, LONGEST_TEXT));
  }

  addImages(name: string, position: number, images: readonly ImageBytes[]): void {
    this.named(this.images, name, () => new Samples(MOST_IMAGES))?.add(position, images);
  }

  addHistogram(name: string, position: number, histogram: Histogram): void {
    this.named(this.histograms, name, () => new Samples(MOST_HISTOGRAMS))?.add(position, histogram);
  }

  /** The run begins again at this position: what was logged there and later is void. */
  restartAt(position: number): void {
    for (const all of [this.series, this.texts, this.images, this.histograms]) {
      for (const one of all.values()) one.dropFrom(position);
    }
  }

  private named<T>(all: Map<string, T>, name: string, make: () => T): T | undefined {
    const found = all.get(name);
    if (found !== undefined) return found;
    if (all.size >= MOST_NAMES) {
      this.isTooWide = true;
      return undefined;
    }
    const made = make();
    all.set(name, made);
    return made;
  }
}
