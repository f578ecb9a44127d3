import { type Checker, checker, show } from '@loopwright/core';
import { type Scalar, Tensor } from '@tensorflow/tfjs-core';

/** A value of a record. Tensors are scalars, and borrowed. */
export type MetricValue = number | string | boolean | Scalar;

/**
 * Named values of one moment of training: of a step, or of an epoch.
 *
 * Tensors in it are borrowed: they are valid until the call that passes the record returns. Whoever wants the number
 * reads it before that, with {@link readRecord}.
 */
export interface MetricRecord {
  readonly [name: string]: MetricValue;
}

/** A record without tensors, valid for ever. */
export interface PlainRecord {
  readonly [name: string]: number | string | boolean;
}

const check: Checker = checker('metrics', 'MetricRecord');
const POSITION_KEYS: readonly string[] = ['epoch', 'step', 'iteration'];

/** Whether a name says where in the training a record belongs (`epoch`, `step`, `iteration`) instead of measuring. */
export function isPosition(name: string): boolean {
  return POSITION_KEYS.includes(name);
}

/**
 * A copy of a record with its tensors read. It waits for the device, so thin the records first ({@link every}).
 *
 * @param record borrowed, and not changed
 * @throws LoopwrightError naming the key if a value is of another type or a tensor is disposed
 * @example
 * readRecord({ step: 1, loss: tf.scalar(0.5) }); // { step: 1, loss: 0.5 }
 */
export function readRecord(record: MetricRecord): PlainRecord {
  checkRecord(record);
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, readValue(value)]));
}

/** The value itself, or the number in a tensor. */
export function readValue(value: MetricValue): number | string | boolean {
  return value instanceof Tensor ? (value.dataSync()[0] as number) : value;
}

/** Throws unless a value is a record of numbers (NaN included), strings, booleans and live scalar tensors. */
export function checkRecord(record: MetricRecord): void {
  if (typeof record !== 'object' || record === null || Array.isArray(record) || record instanceof Tensor) {
    check.fail(`a record must be an object of named values, got ${show(record)}`);
  }
  for (const [name, value] of Object.entries(record)) checkValue(name, value);
}

function checkValue(name: string, value: unknown): void {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return;
  if (!(value instanceof Tensor) || value.rank !== 0) {
    check.fail(`${show(name)} must be a number, a string, a boolean or a scalar tensor, got ${show(value)}`);
  }
  if (value.isDisposed) {
    check.fail(
      `the tensor ${show(name)} has been disposed; records lend their tensors only until next() returns`,
    );
  }
}

/**
 * The number under a name, read if it is a tensor; undefined if the record has none.
 *
 * @throws LoopwrightError if the value is there and no number
 */
export function readNumber(record: MetricRecord, name: string): number | undefined {
  const value = record[name];
  if (value === undefined) return undefined;
  checkValue(name, value);
  const number = readValue(value);
  return typeof number === 'number'
    ? number
    : check.fail(`${show(name)} must be a number, got ${show(number)}`);
}
