import { decodeSummaryValue, type PluginOfTag } from './decode-summary-value.ts';
import type { EventRecord, Moment } from './event-record.ts';
import { fixed64Key, lengthKey, ProtoReader, varintKey } from './proto-reader.ts';

/** `SessionLog.SessionStatus` of TensorFlow (`core/util/event.proto`). */
const SESSION_START = 1;

/**
 * Decodes an `Event` (`core/util/event.proto` of TensorFlow), one record for each value of its summary.
 *
 * @param plugins what is known of the tags of this file, and grows: writers may say only once whose value a tag is
 * @throws MalformedBytes if it is none
 */
export function decodeEvent(message: Uint8Array, plugins: PluginOfTag): EventRecord[] {
  let wallTime = 0;
  let step = 0;
  let version: string | undefined;
  let summary: Uint8Array | undefined;
  let session: Uint8Array | undefined;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === fixed64Key(1)) wallTime = reader.double();
    else if (reader.key === varintKey(2)) step = reader.varint();
    else if (reader.key === lengthKey(3)) version = reader.string();
    else if (reader.key === lengthKey(5)) summary = reader.bytes();
    else if (reader.key === lengthKey(7)) session = reader.bytes();
    else reader.skip();
  }
  const moment: Moment = { step, wallTime };
  if (summary !== undefined) return decodeSummary(summary, moment, plugins);
  if (version !== undefined) return [{ ...moment, kind: 'version', value: version }];
  return session !== undefined && isStart(session) ? [{ ...moment, kind: 'start' }] : [];
}

function decodeSummary(message: Uint8Array, { step, wallTime }: Moment, plugins: PluginOfTag): EventRecord[] {
  const records: EventRecord[] = [];
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key !== lengthKey(1)) {
      reader.skip();
      continue;
    }
    const value = decodeSummaryValue(reader.bytes(), plugins);
    if (value !== undefined) records.push({ step, wallTime, ...value });
  }
  return records;
}

function isStart(session: Uint8Array): boolean {
  let status = 0;
  const reader = new ProtoReader(session);
  while (reader.next()) {
    if (reader.key === varintKey(1)) status = reader.varint();
    else reader.skip();
  }
  return status === SESSION_START;
}
