/**
 * The logits of a batch, in evaluation mode.
 * @packageDocumentation
 */
import { tf } from '@loopwright/tensorflow';
import { readFlags } from './flags.ts';
import { measure } from './measure.ts';
import { inMode, type Mode } from './modes.ts';
import { type ModelName, makeBatch, makeModel, trainableWeights } from './subjects.ts';

const {
  mode,
  model: name,
  size,
  batch,
  seconds,
} = readFlags({
  mode: 'eager' as Mode,
  model: 'resnet18' as ModelName,
  size: 32,
  batch: 512,
  seconds: 5,
});
const model = makeModel(name, size);
const { images } = makeBatch(name, batch, size);
const infer = inMode(mode, (inputs: tf.Tensor4D) =>
  tf.tidy(() => model.apply(inputs, { training: false }) as tf.Tensor2D),
);
const step = (): undefined => {
  tf.dispose(infer(images));
};
await measure({ step, seconds, weights: trainableWeights(model) });
