/** What a strict consumer of the built package writes; checked by `npm run types`, never run. */
import { AveragedModel, updateBatchNorm } from '@loopwright/averaging';
import { type Tensor, variable, zeros } from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';

const model = sequential();
const averaged = new AveragedModel(model, { average: { ema: 0.99, warmUp: true }, start: 3, every: 2 });
new AveragedModel({ kernel: variable(zeros([1])) }, { buffers: (name) => name.endsWith('mean') });
const accuracy: number = averaged.using(() => 0.5);
const later: Promise<string> = averaged.using(async () => `${accuracy}`);
await later;

interface Batch {
  readonly images: Tensor;
}
async function* batches(): AsyncGenerator<Batch> {}
const refreshed: number = await updateBatchNorm(model, batches, { forward: ({ images }) => images.shape });
await updateBatchNorm(model, [zeros([refreshed, 1])]);
// @ts-expect-error options are checked by name
new AveragedModel(model, { include_buffers: true });
// @ts-expect-error there is no such average
new AveragedModel(model, { average: 'ema' });
