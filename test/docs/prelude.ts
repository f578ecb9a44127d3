/**
 * What examples in docstrings take as given: the exports of all packages (but of plot, which takes a second to load), and
 * the names that a reader of a training loop would assume to be there.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import * as averaging from '@loopwright/averaging';
import * as checkpoint from '@loopwright/checkpoint';
import * as core from '@loopwright/core';
import * as coreTensors from '@loopwright/core/tensors';
import * as data from '@loopwright/data';
import * as distillation from '@loopwright/distillation';
import * as eventFiles from '@loopwright/event-files';
import * as guards from '@loopwright/guards';
import * as logging from '@loopwright/logging';
import * as losses from '@loopwright/losses';
import * as lrFinder from '@loopwright/lr-finder';
import * as metrics from '@loopwright/metrics';
import * as optimizers from '@loopwright/optimizers';
import * as progress from '@loopwright/progress';
import * as safetensors from '@loopwright/safetensors';
import * as schedulers from '@loopwright/schedulers';
import * as study from '@loopwright/study';
import { tf } from '@loopwright/tensorflow';
import * as tta from '@loopwright/tta';
import { writeDataFiles } from './data-files.ts';

const start = process.cwd();
let running: string | undefined;
process.once('SIGTERM', () => process.exit(1));
process.once('exit', () => {
  if (running !== undefined) console.error(`the example at ${running} did not end`);
});

const fundamental = [core, coreTensors, data, losses, metrics, optimizers, schedulers];
const further = [
  averaging,
  checkpoint,
  distillation,
  eventFiles,
  guards,
  logging,
  lrFinder,
  progress,
  safetensors,
  study,
  tta,
];

/**
 * Runs one example with fresh models and batches in a folder of its own. If it fails, so will the process, once all
 * examples have run.
 *
 * @param at where the example stands, for messages
 * @param source the file it stands in, whose exports it finds
 * @param module the example itself
 */
export async function runExample(at: string, source: string, module: string): Promise<void> {
  process.chdir(mkdtempSync(join(start, 'example-')));
  writeDataFiles('data');
  running = at;
  const own = await import(source);
  Object.assign(globalThis, ...fundamental, ...further, { tf, ...setting() }, own);
  try {
    await import(module);
  } catch (error) {
    console.error(`the example at ${at} failed:`, error);
    process.exitCode = 1;
  }
  running = undefined;
  for (const name of Object.keys(own)) Reflect.deleteProperty(globalThis, name);
}

function setting(): Record<string, unknown> {
  const [model, student] = [newModel(), newModel()];
  const images = tf.randomNormal([6, 4, 4, 3], 0, 1, 'float32', 1);
  const labels = tf.tensor1d([0, 1, 2, 3, 4, 5], 'int32');
  const batches = [
    { images, labels },
    { images, labels },
  ];
  return {
    model,
    student,
    forward: (images: tf.Tensor) => model.apply(images, { training: true }),
    optimizer: new optimizers.SGD(model, { learningRate: 0.1, momentum: 0.9 }),
    images,
    labels,
    logits: tf.randomNormal([6, 10], 0, 1, 'float32', 2),
    loss: tf.scalar(2.3),
    batches,
    train: batches,
    validation: batches,
    dataset: newDataset(),
    metrics: new metrics.MetricStream(),
    check: core.checker('docs', 'example'),
    seed: 1,
    index: 0,
    step: 0,
    epoch: 0,
    epochs: 2,
  };
}

function newDataset(): data.ImageArrayDataset {
  const labels = Uint8Array.from({ length: 12 }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: 12 * 4 * 4 * 3 }, (_, i) => i % 256);
  return new data.ImageArrayDataset({
    pixels,
    labels,
    height: 4,
    width: 4,
    channels: 3,
    classNames: ['cat', 'dog'],
  });
}

function newModel() {
  return tf.sequential({
    layers: [
      tf.layers.flatten({ name: 'flatten', inputShape: [4, 4, 3] }),
      tf.layers.dense({ name: 'hidden', units: 8 }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.dense({ name: 'head', units: 10 }),
    ],
  });
}
