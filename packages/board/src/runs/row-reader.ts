import type { Records } from './records.ts';

/** A record of a file of rows: values by name. */
export type Row = Readonly<Record<string, unknown>>;

/** Names that say where a row belongs, not what was measured. Of several in one row the first counts. */
const STEPS = ['step', 'iteration', 'global_step'];
const EPOCH = 'epoch';
/** Seconds since the process began. */
const ELAPSED = 'seconds';
/** Moments: seconds or milliseconds since 1970, or text that `Date` reads. */
const CLOCKS = ['time', 'timestamp', 'wall_time'];
const PLACES: ReadonlySet<string> = new Set([...STEPS, EPOCH, ELAPSED, ...CLOCKS]);

/** Larger than any moment in seconds, smaller than any of the last decades in milliseconds. */
const MILLISECONDS_FROM = 1e11;

/** What is added to the name of a mean over an epoch where steps have logged the same name, as `tensorBoard` does. */
const SUMMARY = '_epoch';

/**
 * Sorts the values of rows by name and position. A row without a step stands at the last step before it, as the summary of
 * an epoch does; in a file without steps rows stand at their epoch, and without either at their number.
 */
export class RowReader {
  private readonly records: Records;
  private rows = 0;
  private step: number | undefined;
  private isOfStep = false;
  private readonly namesOfSteps = new Set<string>();
  private readonly elapsed = new ElapsedTime();
  private readonly lastTexts = new Map<string, string>();

  constructor(records: Records) {
    this.records = records;
  }

  take(row: Row): void {
    this.rows += 1;
    const position = this.positionOf(row);
    const seconds = this.elapsed.of(row);
    for (const name in row) {
      if (PLACES.has(name)) continue;
      const value = row[name];
      const number = numberOf(value);
      if (number !== undefined) this.records.addValue(this.tagOf(name), position, number, seconds);
      else if (typeof value === 'string' || typeof value === 'boolean')
        this.takeText(name, position, String(value));
    }
  }

  private positionOf(row: Row): number {
    const step = finite(firstOf(row, STEPS));
    const epoch = finite(row[EPOCH]);
    this.isOfStep = step !== undefined;
    if (step !== undefined) {
      this.step = step;
      this.records.unit = 'step';
    }
    if (this.step !== undefined) {
      if (epoch !== undefined) this.records.epochs.state(this.step, epoch);
      return this.step;
    }
    if (epoch === undefined) return this.rows;
    this.records.unit = 'epoch';
    return epoch;
  }

  /** The mean over an epoch is no value of its last step. */
  private tagOf(name: string): string {
    if (this.isOfStep) this.namesOfSteps.add(name);
    return !this.isOfStep && this.namesOfSteps.has(name) ? name + SUMMARY : name;
  }

  /** Where a text stays the same, once is enough. */
  private takeText(name: string, position: number, text: string): void {
    if (this.lastTexts.get(name) === text) return;
    this.lastTexts.set(name, text);
    this.records.addText(name, position, text);
  }
}

/** Seconds since the start of the run. What elapsed in a process that was resumed goes on from where the earlier one ended. */
class ElapsedTime {
  private start: number | undefined;
  private before = 0;
  private last = 0;

  of(row: Row): number {
    const seconds = finite(row[ELAPSED]);
    if (seconds !== undefined) {
      if (seconds < this.last) this.before += this.last;
      this.last = seconds;
      return this.before + seconds;
    }
    const moment = momentOf(firstOf(row, CLOCKS));
    this.start ??= moment;
    return moment === undefined || this.start === undefined ? Number.NaN : moment - this.start;
  }
}

function firstOf(row: Row, names: readonly string[]): unknown {
  for (const name of names) if (row[name] !== undefined) return row[name];
  return undefined;
}

function momentOf(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Date.parse(value) : value;
  const moment = finite(number);
  return moment === undefined || moment < MILLISECONDS_FROM ? moment : moment / 1000;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The number, where JSON had to write it as text too. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : undefined;
}
