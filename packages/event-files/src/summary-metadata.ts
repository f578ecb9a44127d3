import { lengthKey, ProtoReader } from './proto-reader.ts';
import type { ProtoWriter } from './proto-writer.ts';

/** Whose value a summary is, and what the plugin itself stores with it. */
export interface PluginData {
  readonly plugin: string;
  readonly content: Uint8Array;
}

/** `DataClass` of TensorBoard (`compat/proto/summary.proto`). */
export const DataClass = { tensor: 2, blobSequence: 3 } as const;

/** Decodes what is needed of `SummaryMetadata`. */
export function decodeMetadata(message: Uint8Array): PluginData {
  let data: PluginData = { plugin: '', content: new Uint8Array(0) };
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(1)) data = decodePluginData(reader.bytes());
    else reader.skip();
  }
  return data;
}

function decodePluginData(message: Uint8Array): PluginData {
  let plugin = '';
  let content: Uint8Array = new Uint8Array(0);
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(1)) plugin = reader.string();
    else if (reader.key === lengthKey(2)) content = reader.bytes();
    else reader.skip();
  }
  return { plugin, content };
}

/** Writes `SummaryMetadata`. */
export function writeMetadata(
  writer: ProtoWriter,
  plugin: string,
  dataClass: number,
  content?: Uint8Array,
): void {
  writer.message(1, (data) => {
    data.string(1, plugin);
    if (content !== undefined) data.bytes(2, content);
  });
  writer.varint(4, dataClass);
}
