import type { Hparams, HparamsEnd, HparamsExperiment, HparamsStart, HparamValue } from './hparams.ts';
import { MAX_ITEMS } from './max-items.ts';
import { fixed64Key, lengthKey, ProtoReader, varintKey } from './proto-reader.ts';

/**
 * Decodes `HParamsPluginData` (`plugins/hparams/plugin_data.proto` of TensorBoard); undefined if it holds none of the three
 * messages.
 */
export function decodeHparams(message: Uint8Array): Hparams | undefined {
  let hparams: Hparams | undefined;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(2)) hparams = decodeExperiment(reader.bytes());
    else if (reader.key === lengthKey(3)) hparams = decodeStart(reader.bytes());
    else if (reader.key === lengthKey(4)) hparams = decodeEnd(reader.bytes());
    else reader.skip();
  }
  return hparams;
}

function decodeExperiment(message: Uint8Array): HparamsExperiment {
  const hparams: HparamsExperiment['hparams'][number][] = [];
  const metrics: HparamsExperiment['metrics'][number][] = [];
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(4) && hparams.length < MAX_ITEMS)
      hparams.push(decodeHparamInfo(reader.bytes()));
    else if (reader.key === lengthKey(5) && metrics.length < MAX_ITEMS)
      metrics.push(decodeMetricInfo(reader.bytes()));
    else reader.skip();
  }
  return { part: 'experiment', hparams, metrics };
}

const types = ['unset', 'string', 'boolean', 'number'] as const;

function decodeHparamInfo(message: Uint8Array): HparamsExperiment['hparams'][number] {
  let name = '';
  let type = 0;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(1)) name = reader.string();
    else if (reader.key === varintKey(4)) type = reader.varint();
    else reader.skip();
  }
  return { name, type: types[type] ?? 'unset' };
}

function decodeMetricInfo(message: Uint8Array): HparamsExperiment['metrics'][number] {
  let name = { tag: '', group: '' };
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(1)) name = decodeMetricName(reader.bytes());
    else reader.skip();
  }
  return name;
}

function decodeMetricName(message: Uint8Array): HparamsExperiment['metrics'][number] {
  let group = '';
  let tag = '';
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(1)) group = reader.string();
    else if (reader.key === lengthKey(2)) tag = reader.string();
    else reader.skip();
  }
  return { tag, group };
}

function decodeStart(message: Uint8Array): HparamsStart {
  const hparams: [string, HparamValue][] = [];
  let group = '';
  let time = 0;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(1) && hparams.length < MAX_ITEMS)
      hparams.push(...decodeEntry(reader.bytes()));
    else if (reader.key === lengthKey(4)) group = reader.string();
    else if (reader.key === fixed64Key(5)) time = reader.double();
    else reader.skip();
  }
  return { part: 'start', hparams: Object.fromEntries(hparams), group, time };
}

/** An entry of a map; none if its value is of no type that an option has. */
function decodeEntry(message: Uint8Array): [string, HparamValue][] {
  let name = '';
  let value: HparamValue | undefined;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(1)) name = reader.string();
    else if (reader.key === lengthKey(2)) value = decodeValue(reader.bytes());
    else reader.skip();
  }
  return value === undefined ? [] : [[name, value]];
}

/** Decodes a `google.protobuf.Value` that is a number, a string or a boolean. */
function decodeValue(message: Uint8Array): HparamValue | undefined {
  let value: HparamValue | undefined;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === fixed64Key(2)) value = reader.double();
    else if (reader.key === lengthKey(3)) value = reader.string();
    else if (reader.key === varintKey(4)) value = reader.varint() !== 0;
    else reader.skip();
  }
  return value;
}

const statuses = ['unknown', 'success', 'failure', 'running'] as const;

function decodeEnd(message: Uint8Array): HparamsEnd {
  let status = 0;
  let time = 0;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === varintKey(1)) status = reader.varint();
    else if (reader.key === fixed64Key(2)) time = reader.double();
    else reader.skip();
  }
  return { part: 'end', status: statuses[status] ?? 'unknown', time };
}
