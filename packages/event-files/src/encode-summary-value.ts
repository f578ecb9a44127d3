import { encodeHparams } from './encode-hparams.ts';
import type { HistogramBucket, ImageValue, SummaryValue, TextValue } from './event-record.ts';
import type { ProtoWriter } from './proto-writer.ts';
import { DataClass, writeMetadata } from './summary-metadata.ts';
import { writeDoubles, writeNothing, writeStrings } from './tensor-proto.ts';

const textEncoder = new TextEncoder();

/**
 * Writes `Summary.Value`: a scalar as `simple_value`, the shortest form and the one that every reader knows; all else as a
 * tensor of its plugin.
 */
export function encodeSummaryValue(writer: ProtoWriter, summary: SummaryValue): void {
  writer.string(1, summary.tag);
  if (summary.kind === 'scalar') writer.float(2, summary.value);
  else if (summary.kind === 'histogram') writeHistogram(writer, summary.value);
  else if (summary.kind === 'image') writeImages(writer, summary.value);
  else if (summary.kind === 'text') writeText(writer, summary.value);
  else {
    writer.message(8, writeNothing);
    const content = encodeHparams(summary.value);
    writer.message(9, (metadata) => writeMetadata(metadata, 'hparams', DataClass.tensor, content));
  }
}

function writeHistogram(writer: ProtoWriter, buckets: readonly HistogramBucket[]): void {
  const values = Float64Array.from(buckets.flatMap(({ left, right, count }) => [left, right, count]));
  writer.message(8, (tensor) => writeDoubles(tensor, [buckets.length, 3], values));
  writer.message(9, (metadata) => writeMetadata(metadata, 'histograms', DataClass.tensor));
}

function writeImages(writer: ProtoWriter, { width, height, images }: ImageValue): void {
  const strings = [textEncoder.encode(`${width}`), textEncoder.encode(`${height}`), ...images];
  writer.message(8, (tensor) => writeStrings(tensor, [strings.length], strings));
  writer.message(9, (metadata) => writeMetadata(metadata, 'images', DataClass.blobSequence));
}

function writeText(writer: ProtoWriter, { strings, shape }: TextValue): void {
  const encoded = strings.map((text) => textEncoder.encode(text));
  writer.message(8, (tensor) => writeStrings(tensor, shape, encoded));
  writer.message(9, (metadata) => writeMetadata(metadata, 'text', DataClass.tensor));
}
