import type { Hparams, HparamsEnd, HparamsExperiment, HparamsStart, HparamValue } from './hparams.ts';
import { ProtoWriter } from './proto-writer.ts';

/** The tags that TensorBoard looks for, by part. */
export const HPARAMS_TAGS = {
  experiment: '_hparams_/experiment',
  start: '_hparams_/session_start_info',
  end: '_hparams_/session_end_info',
} as const;

/** Encodes `HParamsPluginData` (`plugins/hparams/plugin_data.proto` of TensorBoard). */
export function encodeHparams(hparams: Hparams): Uint8Array {
  const writer = new ProtoWriter();
  if (hparams.part === 'experiment') writer.message(2, (message) => writeExperiment(message, hparams));
  else if (hparams.part === 'start') writer.message(3, (message) => writeStart(message, hparams));
  else writer.message(4, (message) => writeEnd(message, hparams));
  return writer.finish();
}

const types = { unset: 0, string: 1, boolean: 2, number: 3 } as const;

function writeExperiment(writer: ProtoWriter, { hparams, metrics }: HparamsExperiment): void {
  for (const { name, type } of hparams) {
    writer.message(4, (info) => void info.string(1, name).varint(4, types[type]));
  }
  for (const { tag, group } of metrics) {
    writer.message(5, (info) => info.message(1, (name) => void name.string(1, group).string(2, tag)));
  }
}

function writeStart(writer: ProtoWriter, { hparams, group, time }: HparamsStart): void {
  for (const [name, value] of Object.entries(hparams)) {
    writer.message(1, (entry) => {
      entry.string(1, name).message(2, (message) => writeValue(message, value));
    });
  }
  if (group !== '') writer.string(4, group);
  writeTime(writer, 5, time);
}

/** Writes a `google.protobuf.Value`. */
function writeValue(writer: ProtoWriter, value: HparamValue): void {
  if (typeof value === 'number') writer.double(2, value);
  else if (typeof value === 'string') writer.string(3, value);
  else writer.varint(4, value ? 1 : 0);
}

const statuses = { unknown: 0, success: 1, failure: 2, running: 3 } as const;

function writeEnd(writer: ProtoWriter, { status, time }: HparamsEnd): void {
  writer.varint(1, statuses[status]);
  writeTime(writer, 2, time);
}

/** Zero is what a reader takes for a field that is not there; -0 is not zero to it. */
function writeTime(writer: ProtoWriter, field: number, time: number): void {
  if (!Object.is(time, 0)) writer.double(field, time);
}
