/** All parts that have state together: interrupted in the middle of an epoch, the run goes on as if it had not been. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AveragedModel } from '@loopwright/averaging';
import { CheckpointSaver } from '@loopwright/checkpoint';
import { namedVariables, RandomStream } from '@loopwright/core';
import { readVariables } from '@loopwright/core/tensors';
import { DataLoader, ImageArrayDataset, mapDataset, transforms } from '@loopwright/data';
import { crossEntropy } from '@loopwright/losses';
import { EarlyStopping, Mean } from '@loopwright/metrics';
import { GradientAccumulator, Ranger } from '@loopwright/optimizers';
import { ProgressTracker } from '@loopwright/progress';
import { CosineAnnealingLR, LinearLR, SequentialLR } from '@loopwright/schedulers';
import { tf } from '@loopwright/tensorflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const EPOCHS = 3;
const noise = new RandomStream(5);
const images = new ImageArrayDataset({
  pixels: Uint8Array.from({ length: 40 * 6 * 6 }, () => noise.integer(256)),
  labels: Uint8Array.from({ length: 40 }, (_, i) => i % 4),
  height: 6,
  width: 6,
  channels: 1,
  classNames: ['a', 'b', 'c', 'd'],
});

/** The parts of a run; `seed` makes another start, which a load must undo. */
function makeRun(seed: number) {
  const kernelInitializer = tf.initializers.glorotUniform({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [6, 6, 1] }),
      tf.layers.dense({ units: 8, kernelInitializer }),
      tf.layers.batchNormalization(),
      tf.layers.dense({ units: 4, kernelInitializer }),
    ],
  });
  const optimizer = new Ranger(model, { learningRate: 0.01 * seed, k: 3 });
  const schedulers = [
    new LinearLR(optimizer, { totalIters: 4 }),
    new CosineAnnealingLR(optimizer, { tMax: 8 + seed }),
  ];
  const crop = transforms.compose(transforms.randomCrop({ padding: 1 }), transforms.randomHorizontalFlip());
  const dataset = mapDataset(images, ({ image, label }, stream) => ({ image: crop(image, stream), label }));
  return {
    model,
    optimizer,
    scheduler: new SequentialLR(optimizer, { schedulers, milestones: [4] }),
    accumulator: new GradientAccumulator(optimizer, { steps: 2 }),
    averaged: new AveragedModel(model, { average: { ema: 0.9 } }),
    progress: new ProgressTracker(),
    train: new DataLoader(dataset, { batchSize: 8, shuffle: true, seed }),
    meanLoss: new Mean(),
    stopping: new EarlyStopping({ metric: 'loss', mode: 'min', patience: 100 }),
  };
}

/** The user's loop, saved at every step; it is left after step `until`, as a process that dies is. */
async function train(
  run: ReturnType<typeof makeRun>,
  checkpoints: CheckpointSaver,
  until = Number.POSITIVE_INFINITY,
) {
  const { model, optimizer, scheduler, accumulator, averaged, progress, meanLoss, stopping } = run;
  await checkpoints.resume(run);
  for (const epoch of progress.epochs(EPOCHS)) {
    for await (const { images, labels } of progress.track(run.train)) {
      const { value, grads } = tf.variableGrads(() =>
        crossEntropy(model.apply(images, { training: true }) as tf.Tensor2D, labels),
      );
      accumulator.add(grads, labels.size);
      meanLoss.update(value, labels.size);
      tf.dispose([value, grads]);
      if (accumulator.ready) {
        const mean = accumulator.take();
        optimizer.step(mean);
        tf.dispose(mean);
        scheduler.step();
        averaged.updateParameters();
      }
      await checkpoints.save(progress.totalIterations, run);
      if (progress.totalIterations === until) return checkpoints.close();
    }
    stopping.update({ epoch, loss: await meanLoss.compute() });
  }
  await checkpoints.close();
}

/** Everything that a run has come to, in plain values. */
const outcome = ({ model, ...parts }: ReturnType<typeof makeRun>) => ({
  weights: readVariables(namedVariables(model)),
  ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.stateDict()])),
});

describe('a run that is interrupted in mid-epoch', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-resume-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const saver = (name: string) => new CheckpointSaver(join(folder, name), { unit: 'step', keepLast: 1 });

  it.each([1, 4, 5, 7, 12])('after step %i ends bit for bit as the whole one', async (step) => {
    const whole = makeRun(1);
    await train(whole, saver('whole'));
    await train(makeRun(1), saver('parts'), step);
    const resumed = makeRun(2);
    await train(resumed, saver('parts'));
    expect(resumed.progress.totalIterations).toBe(EPOCHS * 5);
    expect(outcome(resumed)).toEqual(outcome(whole));
  });
});
