import { decodeHparams } from './decode-hparams.ts';
import type { HistogramBucket, ImageValue, SummaryValue, TextValue } from './event-record.ts';
import { decodeLegacyHistogram } from './legacy-histogram.ts';
import { decodeLegacyImage } from './legacy-image.ts';
import { fixed32Key, lengthKey, ProtoReader } from './proto-reader.ts';
import { decodeMetadata, type PluginData } from './summary-metadata.ts';
import { type DecodedTensor, decodeTensor } from './tensor-proto.ts';

/** Whose values a tag has, by tag. */
export type PluginOfTag = Map<string, string>;

/** A value of a plugin that is not known, or that is not as its plugin stores it. */
interface OtherValue {
  readonly kind: 'other';
  readonly tag: string;
  readonly plugin: string;
}

const textDecoder = new TextDecoder();

/**
 * Decodes `Summary.Value` (`core/framework/summary.proto` of TensorFlow): a tensor with the name of a plugin, or one of the
 * older forms, `simple_value`, `histo` and `image`, that PyTorch and tensorboardX write.
 *
 * @returns undefined if there is nothing in it
 */
export function decodeSummaryValue(
  message: Uint8Array,
  plugins: PluginOfTag,
): SummaryValue | OtherValue | undefined {
  let tag = '';
  let number: number | undefined;
  let image: Uint8Array | undefined;
  let histogram: Uint8Array | undefined;
  let audio: Uint8Array | undefined;
  let tensor: Uint8Array | undefined;
  let metadata: Uint8Array | undefined;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(1)) tag = reader.string();
    else if (reader.key === fixed32Key(2)) number = reader.float();
    else if (reader.key === lengthKey(4)) image = reader.bytes();
    else if (reader.key === lengthKey(5)) histogram = reader.bytes();
    else if (reader.key === lengthKey(6)) audio = reader.bytes();
    else if (reader.key === lengthKey(8)) tensor = reader.bytes();
    else if (reader.key === lengthKey(9)) metadata = reader.bytes();
    else reader.skip();
  }
  if (number !== undefined) return { kind: 'scalar', tag, value: number };
  if (histogram !== undefined) return { kind: 'histogram', tag, value: decodeLegacyHistogram(histogram) };
  if (image !== undefined) return { kind: 'image', tag, value: decodeLegacyImage(image) };
  if (audio !== undefined) return { kind: 'other', tag, plugin: 'audio' };
  if (tensor === undefined && metadata === undefined) return undefined;
  const data = metadata === undefined ? undefined : decodeMetadata(metadata);
  const plugin = pluginOf(tag, data, plugins);
  return decodePluginValue(tag, plugin, tensor, data) ?? { kind: 'other', tag, plugin };
}

/** What was first said of a tag counts, as in TensorBoard. */
function pluginOf(tag: string, data: PluginData | undefined, plugins: PluginOfTag): string {
  const known = plugins.get(tag);
  if (known !== undefined) return known;
  if (data !== undefined) plugins.set(tag, data.plugin);
  return data?.plugin ?? '';
}

function decodePluginValue(
  tag: string,
  plugin: string,
  message: Uint8Array | undefined,
  data: PluginData | undefined,
): SummaryValue | undefined {
  if (plugin === 'hparams') {
    const value = data === undefined ? undefined : decodeHparams(data.content);
    return value && { kind: 'hparams', tag, value };
  }
  if (message === undefined) return undefined;
  if (plugin === 'scalars') {
    const [value] = decodeTensor(message).numbers;
    return value === undefined ? undefined : { kind: 'scalar', tag, value };
  }
  if (plugin === 'histograms') {
    return { kind: 'histogram', tag, value: bucketsOf(decodeTensor(message)) };
  }
  if (plugin === 'images') {
    const value = imagesOf(decodeTensor(message));
    return value && { kind: 'image', tag, value };
  }
  if (plugin === 'text') return { kind: 'text', tag, value: textOf(decodeTensor(message)) };
  return undefined;
}

/** A tensor of shape [buckets, 3]: left end, right end, count. */
function bucketsOf({ numbers }: DecodedTensor): HistogramBucket[] {
  const count = Math.floor(numbers.length / 3);
  return Array.from({ length: count }, (_, bucket) => ({
    left: numbers[3 * bucket] as number,
    right: numbers[3 * bucket + 1] as number,
    count: numbers[3 * bucket + 2] as number,
  }));
}

/** A list of strings: width, height, and one encoded picture after the other. */
function imagesOf({ strings: [width, height, ...images] }: DecodedTensor): ImageValue | undefined {
  if (width === undefined || height === undefined) return undefined;
  const size = { width: Number(textDecoder.decode(width)), height: Number(textDecoder.decode(height)) };
  if (!Number.isSafeInteger(size.width) || !Number.isSafeInteger(size.height)) return undefined;
  return { ...size, images: images.map((image) => image.slice()) };
}

function textOf({ shape, strings }: DecodedTensor): TextValue {
  const fits = shape.length <= 2 && shape.reduce((product, size) => product * size, 1) === strings.length;
  return {
    strings: strings.map((bytes) => textDecoder.decode(bytes)),
    shape: fits ? shape : [strings.length],
  };
}
