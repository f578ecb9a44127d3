/**
 * The names that examples in docstrings take as given: every export of every package, and what a reader of a training
 * loop would assume to be there.
 */
import * as averaging from '@loopwright/averaging';
import * as checkpoint from '@loopwright/checkpoint';
import * as core from '@loopwright/core';
import * as coreTensors from '@loopwright/core/tensors';
import * as data from '@loopwright/data';
import * as distillation from '@loopwright/distillation';
import * as logging from '@loopwright/logging';
import * as losses from '@loopwright/losses';
import * as metrics from '@loopwright/metrics';
import * as optimizers from '@loopwright/optimizers';
import * as plot from '@loopwright/plot';
import * as progress from '@loopwright/progress';
import * as safetensors from '@loopwright/safetensors';
import * as schedulers from '@loopwright/schedulers';
import * as study from '@loopwright/study';
import { tf } from '@loopwright/tensorflow';
import * as tta from '@loopwright/tta';

const packages = [averaging, checkpoint, core, coreTensors, data, distillation, logging, losses, metrics];
const others = [optimizers, plot, progress, safetensors, schedulers, study, tta];

/** Runs one example with fresh models and batches, and says which one failed. */
export async function example(at: string, run: () => Promise<void>): Promise<void> {
  Object.assign(globalThis, ...packages, ...others, { tf, ...setting() });
  try {
    await run();
  } catch (error) {
    throw new Error(`the example at ${at} failed`, { cause: error });
  }
}

function setting(): Record<string, unknown> {
  const newModel = () =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ name: 'flatten', inputShape: [4, 4, 3] }),
        tf.layers.dense({ name: 'hidden', units: 8 }),
        tf.layers.batchNormalization({ name: 'norm' }),
        tf.layers.dense({ name: 'head', units: 10 }),
      ],
    });
  const model = newModel();
  const images = tf.randomNormal([6, 4, 4, 3], 0, 1, 'float32', 1);
  const labels = tf.tensor1d([0, 1, 2, 3, 4, 5], 'int32');
  const optimizer = new optimizers.SGD(model, { learningRate: 0.1, momentum: 0.9 });
  const batch = { images, labels };
  return {
    model,
    student: newModel(),
    images,
    labels,
    optimizer,
    batches: [batch, batch],
    train: [batch, batch],
    logits: tf.randomNormal([6, 10], 0, 1, 'float32', 2),
    seed: 1,
    epoch: 0,
    index: 0,
    epochs: 2,
  };
}
