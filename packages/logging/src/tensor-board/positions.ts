import { type Checker, show } from '@loopwright/core';
import type { PlainRecord } from '@loopwright/metrics';
import type { FolderHistory } from './folder-history.ts';

/** What becomes the step of a record. */
export type StepRule = 'step' | 'epoch' | ((record: PlainRecord) => number);

/** Where a record belongs. */
export interface Position {
  readonly step: number;
  /** The step that a session which begins with this record starts at. */
  readonly voidFrom: number;
}

/** The steps of the records of a run, also of those that do not say theirs. */
export class Positions {
  private readonly check: Checker;
  private readonly rule: StepRule;
  private readonly readHistory: () => FolderHistory;
  private known: FolderHistory | undefined;
  /** The last step that a record had of its own. */
  last: number | undefined;

  /** @param readHistory called once, if it is needed at all: only a record without a step of its own asks what was before */
  constructor(check: Checker, rule: StepRule, readHistory: () => FolderHistory) {
    this.check = check;
    this.rule = rule;
    this.readHistory = readHistory;
  }

  /** The step of the last record, of an earlier session if need be; 0 if there was none. */
  get lastStep(): number {
    return this.last ?? this.history.lastStep ?? 0;
  }

  /** The position of a record; undefined if the rule leaves it out. */
  of(record: PlainRecord): Position | undefined {
    if (typeof this.rule === 'function') return this.at('step(record)', this.rule(record));
    if (this.rule === 'epoch') return record.epoch === undefined ? undefined : this.at('epoch', record.epoch);
    if (record.step !== undefined) return this.at('step', record.step);
    if (record.iteration !== undefined) return this.at('iteration', record.iteration);
    if (record.epoch === undefined) return this.at('step', this.lastStep + 1);
    return this.ofEpoch(this.integer('epoch', record.epoch));
  }

  /** An epoch without a step belongs to the last step before it; to its own number if there are no steps. */
  private ofEpoch(epoch: number): Position {
    if (this.last !== undefined) return { step: this.last, voidFrom: this.last };
    const { lastStep, stepOfEpoch } = this.history;
    const entries = [...stepOfEpoch];
    if (lastStep === undefined || (entries.length > 0 && entries.every(([known, step]) => known === step))) {
      return { step: epoch, voidFrom: epoch };
    }
    const before = entries.filter(([known]) => known <= epoch).map(([, step]) => step);
    const step = before.length === 0 ? lastStep : Math.max(...before);
    return { step, voidFrom: step + 1 }; // Nobody said that anything is run again.
  }

  private at(name: string, value: unknown): Position {
    const step = this.integer(name, value);
    this.last = step;
    return { step, voidFrom: step };
  }

  private integer(name: string, value: unknown): number {
    if (Number.isSafeInteger(value)) return value as number;
    return this.check.fail(`${name} must be an integer, got ${show(value)}`);
  }

  private get history(): FolderHistory {
    this.known ??= this.readHistory();
    return this.known;
  }
}
