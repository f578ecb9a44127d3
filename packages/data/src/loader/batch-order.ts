import { BatchSampler } from '../samplers/batch-sampler.ts';
import { RandomSampler } from '../samplers/random-sampler.ts';
import type { BatchOrder, Sampler, Sized } from '../samplers/sampler.ts';
import { SequentialSampler } from '../samplers/sequential-sampler.ts';
import type { LoaderConfiguration } from './loader-state.ts';

/** Where a loader's batches come from, if not from its numbers alone. */
export interface Samplers {
  readonly sampler?: Sampler | undefined;
  readonly batchSampler?: BatchOrder | undefined;
}

/** The batches of a loader. */
export function batchOrder(
  dataset: Sized,
  { batchSize, shuffle, dropLast }: LoaderConfiguration,
  { sampler, batchSampler }: Samplers = {},
): BatchOrder {
  if (batchSampler !== undefined) return batchSampler;
  const inOrder = shuffle ? new RandomSampler(dataset) : new SequentialSampler(dataset);
  return new BatchSampler(sampler ?? inOrder, { batchSize: batchSize as number, dropLast });
}
