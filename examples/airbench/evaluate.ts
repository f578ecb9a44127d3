import { InMemoryLoader } from '@loopwright/data';
import { Accuracy } from '@loopwright/metrics';
import { type autocast, compile, tf } from '@loopwright/tensorflow/portable';
import { testTimeAugment, views } from '@loopwright/tta';
import type { AirbenchNet } from '../models/airbench-net.ts';
import { normalize, type openCifar10 } from './data.ts';

/** Logits of images. */
export type Predict = (images: tf.Tensor4D) => tf.Tensor2D;

/** A function over tensors, in bfloat16 where that is faster, or as it is. */
export type Reduce = typeof autocast;

/** The network on images as they are. */
export function oneView(net: AirbenchNet, reduce: Reduce): Predict {
  const classify = reduce((whitened: tf.Tensor4D) => net.apply(whitened, { training: false }), {
    dtype: 'bfloat16',
  });
  return (images) => tf.tidy(() => classify(net.whiten(images)));
}

/** The weighted mean over an image, its mirror image, and both moved by a pixel to either side of the diagonal. */
export function sixViews(net: AirbenchNet, reduce: Reduce): Predict {
  return testTimeAugment(oneView(net, reduce), { views: views.airbench, merge: 'mean', on: 'logits' });
}

/** The test images, read once, and the fraction of them that a function classifies rightly. */
export function testImages({ test }: ReturnType<typeof openCifar10>) {
  const loader = new InMemoryLoader(test, { batchSize: 1000, normalize });
  const evaluate = async (predict: Predict): Promise<number> => {
    const compiled = compile(predict);
    const accuracy = new Accuracy();
    for await (const { images, labels } of loader) tf.tidy(() => accuracy.update(compiled(images), labels));
    const result = await accuracy.compute();
    accuracy.dispose();
    compiled.dispose();
    return result;
  };
  return { evaluate, dispose: () => loader.dispose() };
}
