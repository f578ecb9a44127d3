export { crc32c, maskedCrc32c } from './crc32c.ts';
export { encodeFileStart, encodeSessionStart, encodeSummary, type Summary } from './encode-event.ts';
export { HPARAMS_TAGS } from './encode-hparams.ts';
export { type Damage, EventFileReader, type EventFileReaderOptions } from './event-file-reader.ts';
export type {
  EventRecord,
  HistogramBucket,
  ImageValue,
  Moment,
  SummaryValue,
  TextValue,
} from './event-record.ts';
export { histogramBuckets } from './histogram-buckets.ts';
export type { Hparams, HparamsEnd, HparamsExperiment, HparamsStart, HparamValue } from './hparams.ts';
export { liveValues, type ValueRecord } from './live-values.ts';
export { frameRecord } from './record-framing.ts';
