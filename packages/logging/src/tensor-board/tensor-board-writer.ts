import { type Checker, checkState, type StateDict, show } from '@loopwright/core';
import type { HparamsEnd, SummaryValue } from '@loopwright/event-files';
import { type MetricRecord, readRecord } from '@loopwright/metrics';
import type { Session } from './event-file.ts';
import { type HistogramInput, toBuckets } from './histogram-values.ts';
import {
  endValue,
  experimentValue,
  type HparamInput,
  type HparamResults,
  startValue,
  toHparams,
  toResults,
} from './hparams-values.ts';
import { EPOCH_TAG } from './placement.ts';
import { Positions, type StepRule } from './positions.ts';
import { RecordValues, textValue } from './record-values.ts';
import type { RunFiles } from './run-files.ts';
import type { TensorBoardSink } from './tensor-board-sink.ts';
import { type ImageInput, toImages } from './to-images.ts';

/** Turns what it is given into values, and decides which step they belong to and when a session begins. */
export class TensorBoardWriter implements TensorBoardSink {
  private readonly check: Checker;
  private readonly files: RunFiles;
  private readonly positions: Positions;
  private readonly values: RecordValues;
  /** Undefined until something says where it starts. */
  private session: Session | undefined;
  private hasHparams = false;

  constructor(check: Checker, files: RunFiles, step: StepRule, purgeStep: number | undefined) {
    this.check = check;
    this.files = files;
    this.positions = new Positions(check, step, () => files.readHistory());
    this.values = new RecordValues(
      step === 'epoch' ? ['step', 'iteration', EPOCH_TAG] : ['step', 'iteration'],
    );
    if (purgeStep !== undefined) this.session = { voidFrom: purgeStep };
  }

  get path(): string {
    return this.files.path;
  }

  next(record: MetricRecord): void {
    const plain = readRecord(record);
    const position = this.positions.of(plain);
    if (position === undefined) return;
    this.session ??= { voidFrom: position.voidFrom };
    this.files.write(position.step, this.values.of(plain), this.session);
  }

  histogram(name: string, values: HistogramInput, step: number): void {
    const value = toBuckets(this.check, 'values', values);
    this.write(step, [{ kind: 'histogram', tag: this.check.string('name', name), value }]);
  }

  histograms(tensors: Readonly<Record<string, HistogramInput>>, step: number): void {
    const values = Object.entries(tensors).map(([tag, tensor]): SummaryValue => {
      return { kind: 'histogram', tag, value: toBuckets(this.check, `tensors[${show(tag)}]`, tensor) };
    });
    this.write(step, values);
  }

  image(name: string, image: ImageInput, step: number): void {
    const value = toImages(this.check, image);
    this.write(step, [{ kind: 'image', tag: this.check.string('name', name), value }]);
  }

  text(name: string, text: string, step: number): void {
    if (typeof text !== 'string') this.check.fail(`text must be a string, got ${show(text)}`);
    this.write(step, [textValue(this.check.string('name', name), text)]);
  }

  hparams(options: Readonly<Record<string, HparamInput>>, metrics?: HparamResults): void {
    const hparams = toHparams(this.check, options);
    const results = toResults(this.check, metrics);
    const values = [startValue(hparams, this.seconds())];
    if (results !== undefined) {
      const places = results.map(({ name }) => this.files.placeOf(name));
      values.unshift(experimentValue(hparams, places));
    }
    this.files.write(0, values, this.session);
    this.hasHparams = true;
    const last = results?.flatMap(({ name: tag, value }): SummaryValue[] => {
      return value === undefined ? [] : [{ kind: 'scalar', tag, value }];
    });
    if (last !== undefined && last.length > 0) this.files.write(this.positions.lastStep, last, this.session);
  }

  error(error: unknown): void {
    this.end('failure');
    throw error;
  }

  complete(): void {
    this.end('success');
  }

  close(): void {
    this.hasHparams = false;
    this.files.close();
  }

  stateDict(): StateDict {
    this.files.flush();
    return { version: 1, step: this.positions.last ?? null, names: [...this.values.stepNames] };
  }

  loadStateDict(state: StateDict): void {
    const { step, names } = checkState(this.check, state, 1, ['step', 'names']);
    const last = step === null ? undefined : this.check.integer('state.step', step);
    if (!Array.isArray(names)) this.check.fail(`state.names must be an array of names, got ${show(names)}`);
    const stepNames = names.map((name) => this.check.string('state.names', name));
    this.positions.last = last;
    this.values.stepNames = new Set(stepNames);
    this.session = last === undefined ? undefined : { voidFrom: last + 1 };
  }

  /** Writes what is no record. At step 0 it may be said of the run as a whole, so no session starts there. */
  private write(step: number, values: readonly SummaryValue[]): void {
    this.check.integer('step', step);
    if (step > 0) this.session ??= { voidFrom: step };
    this.files.write(step, values, this.session);
  }

  private end(status: HparamsEnd['status']): void {
    try {
      if (this.hasHparams) this.files.write(0, [endValue(status, this.seconds())], this.session);
    } finally {
      this.close();
    }
  }

  private seconds(): number {
    return this.files.clock() / 1000;
  }
}
