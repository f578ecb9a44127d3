export { expectStateful, type StatefulContract } from './contracts/stateful.ts';
export { expectNoLeak } from './leak.ts';
export { tinyBatch, tinyClassifier } from './tiny-models.ts';
