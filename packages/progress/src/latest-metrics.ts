import { formatMetric } from './format.ts';
import type { ScalarLike, ShownRecord } from './shown-record.ts';
import { plainText } from './text.ts';
import { Trend } from './trend.ts';

/** Names that a record carries beside its metrics; the bars show them in their own way. */
const COUNTERS: readonly string[] = ['epoch', 'step'];

/** The last value of every metric, as text, in the order in which the names first came. */
export class LatestMetrics {
  private readonly shown: ReadonlySet<string> | undefined;
  private readonly texts = new Map<string, string>();
  private readonly trends = new Map<string, Trend>();

  /** @param names the metrics to keep, in this order; by default all but `epoch` and `step` */
  constructor(names: readonly string[] | undefined) {
    this.shown = names && new Set(names);
  }

  /** Takes in the plain values of a record, and with `tensors` reads the others back from the device. */
  update(record: ShownRecord, tensors: boolean): void {
    for (const [name, value] of Object.entries(record)) {
      if (!this.shows(name)) continue;
      if (!isScalarLike(value)) this.set(name, value);
      else if (tensors) this.setScalar(name, value);
    }
  }

  /** Forgets all values: another run begins. */
  clear(): void {
    this.texts.clear();
    this.trends.clear();
  }

  /** Names and values, both safe to print, and how the values went. */
  entries(): [name: string, value: string, trend: readonly number[]][] {
    const names = this.shown ?? this.texts.keys();
    return [...names].flatMap((name) => {
      const text = this.texts.get(name);
      const trend = this.trends.get(name)?.values ?? [];
      return text === undefined
        ? []
        : [[plainText(name), text, trend] satisfies [string, string, readonly number[]]];
    });
  }

  /** Those entries that a record has told of. */
  entriesOf(record: ShownRecord): [name: string, value: string][] {
    return Object.keys(record).flatMap((name) => {
      const text = this.shows(name) ? this.texts.get(name) : undefined;
      return text === undefined ? [] : [[plainText(name), text] satisfies [string, string]];
    });
  }

  private shows(name: string): boolean {
    return this.shown === undefined ? !COUNTERS.includes(name) : this.shown.has(name);
  }

  private setScalar(name: string, tensor: ScalarLike): void {
    const values = tensor.dataSync();
    if (values.length === 1) this.set(name, values[0] as number | string);
  }

  private set(name: string, value: number | string | boolean): void {
    this.texts.set(name, plainText(formatMetric(value)));
    if (typeof value !== 'number') return;
    const trend = this.trends.get(name) ?? new Trend();
    trend.add(value);
    this.trends.set(name, trend);
  }
}

function isScalarLike(value: unknown): value is ScalarLike {
  return typeof (value as Partial<ScalarLike> | null | undefined)?.dataSync === 'function';
}
