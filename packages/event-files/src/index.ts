export { type Damage, EventFileReader, type EventFileReaderOptions } from './event-file-reader.ts';
export type {
  EventRecord,
  HistogramBucket,
  ImageValue,
  Moment,
  SummaryValue,
  TextValue,
} from './event-record.ts';
export type { Hparams, HparamsEnd, HparamsExperiment, HparamsStart, HparamValue } from './hparams.ts';
