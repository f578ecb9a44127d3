import { formatMetric } from './format.ts';
import type { ScalarLike, ShownRecord } from './shown-record.ts';
import { plainText } from './text.ts';

/** Names that a record carries beside its metrics; the bars show them in their own way. */
const COUNTERS: readonly string[] = ['epoch', 'step'];

/** The last value of every metric, as text, in the order in which the names first came. */
export class LatestMetrics {
  private readonly shown: ReadonlySet<string> | undefined;
  private readonly texts = new Map<string, string>();

  /** @param names the metrics to keep, in this order; by default all but `epoch` and `step` */
  constructor(names: readonly string[] | undefined) {
    this.shown = names && new Set(names);
  }

  /** Takes in the plain values of a record, and with `tensors` reads the others back from the device. */
  update(record: ShownRecord, tensors: boolean): void {
    for (const [name, value] of Object.entries(record)) {
      if (!this.shows(name)) continue;
      if (!isScalarLike(value)) this.texts.set(name, plainText(formatMetric(value)));
      else if (tensors) this.setScalar(name, value);
    }
  }

  /** Forgets all values: another run begins. */
  clear(): void {
    this.texts.clear();
  }

  /** Names and values, both safe to print. */
  entries(): [name: string, value: string][] {
    const names = this.shown ?? this.texts.keys();
    return [...names].flatMap((name) => {
      const text = this.texts.get(name);
      return text === undefined ? [] : [[plainText(name), text] satisfies [string, string]];
    });
  }

  private shows(name: string): boolean {
    return this.shown === undefined ? !COUNTERS.includes(name) : this.shown.has(name);
  }

  private setScalar(name: string, tensor: ScalarLike): void {
    const values = tensor.dataSync();
    if (values.length === 1) this.texts.set(name, plainText(formatMetric(values[0] as number | string)));
  }
}

function isScalarLike(value: unknown): value is ScalarLike {
  return typeof (value as Partial<ScalarLike> | null | undefined)?.dataSync === 'function';
}
