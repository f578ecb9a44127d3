import type { HistogramBucket } from './event-record.ts';
import { MAX_ITEMS } from './max-items.ts';
import { fixed64Key, lengthKey, ProtoReader } from './proto-reader.ts';
import { appendPacked } from './tensor-proto.ts';

/**
 * Decodes a `HistogramProto` (`core/framework/histogram.proto`), which PyTorch and tensorboardX write, into buckets with two
 * ends.
 *
 * It names only the right end of each bucket, and the outermost may be infinitely far: empty buckets at the ends are left
 * out, and the least and the greatest value take the place of the outermost limits, as in TensorBoard's `data_compat.py`.
 */
export function decodeLegacyHistogram(message: Uint8Array): HistogramBucket[] {
  let min = 0;
  let max = 0;
  const limits: number[] = [];
  const counts: number[] = [];
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === fixed64Key(1)) min = reader.double();
    else if (reader.key === fixed64Key(2)) max = reader.double();
    else if (reader.key === fixed64Key(6)) push(limits, reader.double());
    else if (reader.key === fixed64Key(7)) push(counts, reader.double());
    else if (reader.key === lengthKey(6)) appendPacked(reader.bytes(), (packed) => packed.double(), limits);
    else if (reader.key === lengthKey(7)) appendPacked(reader.bytes(), (packed) => packed.double(), counts);
    else reader.skip();
  }
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  if (first === -1) return [];
  return counts.slice(first, last + 1).map((count, index) => ({
    left: index === 0 ? min : (limits[first + index - 1] ?? min),
    right: first + index === last ? max : (limits[first + index] ?? max),
    count,
  }));
}

function push(numbers: number[], number: number): void {
  if (numbers.length < MAX_ITEMS) numbers.push(number);
}
