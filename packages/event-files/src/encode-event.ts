import { checker } from '@loopwright/core';
import { checkValue } from './check-value.ts';
import { encodeSummaryValue } from './encode-summary-value.ts';
import type { Moment, SummaryValue } from './event-record.ts';
import { ProtoWriter } from './proto-writer.ts';
import { frameRecord } from './record-framing.ts';

const check = checker('event-files', 'encode');

/** What TensorBoard knows the format by. */
const FILE_VERSION = 'brain.Event:2';
const SESSION_START = 1;

/**
 * The first record of every event file.
 *
 * @throws LoopwrightError if the time is no finite number
 * @example
 * const bytes = encodeFileStart({ wallTime: Date.now() / 1000 });
 */
export function encodeFileStart({ wallTime }: Pick<Moment, 'wallTime'>): Uint8Array {
  return frameRecord(openEvent({ step: 0, wallTime }).string(3, FILE_VERSION).finish());
}

/**
 * Opens a session at a step: what earlier files of the folder have at this step and after it is void.
 *
 * TensorBoard takes the first such record of a folder for the beginning of the run, which makes nothing void; so write it
 * twice if you do not know of another.
 *
 * @throws LoopwrightError if the step is no integer or the time no finite number
 * @example
 * const bytes = encodeSessionStart({ step: 500, wallTime: Date.now() / 1000 });
 */
export function encodeSessionStart(moment: Moment): Uint8Array {
  const session = openEvent(moment).message(7, (log) => log.varint(1, SESSION_START));
  return frameRecord(session.finish());
}

/** The values of one moment. */
export interface Summary extends Moment {
  readonly values: readonly SummaryValue[];
}

/**
 * A record with the values of one moment. Scalars are rounded to float32, which is what TensorBoard shows.
 *
 * @throws LoopwrightError if the step is no integer, the time no finite number, or a value does not fit its kind
 * @example
 * const bytes = encodeSummary({
 *   step: 1,
 *   wallTime: Date.now() / 1000,
 *   values: [
 *     { kind: 'scalar', tag: 'train/loss', value: 0.5 },
 *     { kind: 'text', tag: 'note', value: { strings: ['**bold**'], shape: [] } },
 *   ],
 * });
 */
export function encodeSummary({ values, ...moment }: Summary): Uint8Array {
  const event = openEvent(moment).message(5, (summary) => {
    for (const value of values) {
      checkValue(check, value);
      summary.message(1, (message) => encodeSummaryValue(message, value));
    }
  });
  return frameRecord(event.finish());
}

function openEvent({ step, wallTime }: Moment): ProtoWriter {
  const writer = new ProtoWriter().double(1, check.number('wallTime', wallTime));
  return check.integer('step', step) === 0 ? writer : writer.varint(2, step);
}
