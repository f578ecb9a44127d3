/** What a strict consumer of the built package writes; checked by `npm run types`, never run. */
import { DataLoader, type ImageBatch, Mnist, randomSplit } from '@loopwright/data';
import type { Tensor4D } from '@tensorflow/tfjs-core';

const [train] = randomSplit(new Mnist('folder'), [1000], { seed: 1 });
// @ts-expect-error there are as many parts as lengths
randomSplit(new Mnist('folder'), [1000], { seed: 1 })[1];
const lengths: number[] = [1000];
randomSplit(new Mnist('folder'), lengths, { seed: 1 })[0]?.length;
const loader = new DataLoader(train, { batchSize: 10, shuffle: true });
for await (const batch of loader) {
  const images: Tensor4D = batch.images;
  batch satisfies ImageBatch;
  images.dispose();
}
// @ts-expect-error options are checked by name
new DataLoader(train, { batch_size: 10 });
// @ts-expect-error a batch size is needed
new DataLoader(train, {});
