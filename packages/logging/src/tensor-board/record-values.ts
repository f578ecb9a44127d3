import type { SummaryValue } from '@loopwright/event-files';
import type { PlainRecord } from '@loopwright/metrics';

/** A text of one string. */
export function textValue(tag: string, text: string): SummaryValue {
  return { kind: 'text', tag, value: { strings: [text], shape: [] } };
}

/** Turns records into values under their names: numbers and booleans into scalars, strings into texts. */
export class RecordValues {
  private readonly leftOut: readonly string[];
  /** What the records of steps have measured so far. */
  stepNames: ReadonlySet<string> = new Set();

  /** @param leftOut names that say where a record belongs, and are told otherwise */
  constructor(leftOut: readonly string[]) {
    this.leftOut = leftOut;
  }

  of(record: PlainRecord): SummaryValue[] {
    const isSummary = isEpochSummary(record);
    const entries = Object.entries(record).filter(([name]) => !this.leftOut.includes(name));
    const values = entries.map(([name, value]): SummaryValue => {
      if (typeof value === 'string') return textValue(name, value);
      return { kind: 'scalar', tag: isSummary ? this.summaryName(name) : name, value: Number(value) };
    });
    if (!isSummary) this.remember(values);
    return values;
  }

  private remember(values: readonly SummaryValue[]): void {
    const added = values.filter(({ kind, tag }) => kind === 'scalar' && !this.stepNames.has(tag));
    if (added.length > 0) this.stepNames = new Set([...this.stepNames, ...added.map(({ tag }) => tag)]);
  }

  /** The mean of an epoch is another curve than the values of its steps, if both are there. */
  private summaryName(name: string): string {
    return this.stepNames.has(name) && name !== 'epoch' ? `${name}_epoch` : name;
  }
}

function isEpochSummary(record: PlainRecord): boolean {
  return record.epoch !== undefined && record.step === undefined && record.iteration === undefined;
}
