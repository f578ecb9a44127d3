/**
 * A training run with everything on at once: what the fault tests interrupt. Small, so that it starts and steps quickly,
 * and its own reference: an uninterrupted run ends with the same bits.
 */
import { AveragedModel, updateBatchNorm } from '@loopwright/averaging';
import { CheckpointSaver, type CheckpointSaverOptions } from '@loopwright/checkpoint';
import { RandomStream } from '@loopwright/core';
import { hostEffect } from '@loopwright/core/tensors';
import { DataLoader, ImageArrayDataset, transforms } from '@loopwright/data';
import { FiniteGuard, stopRequest } from '@loopwright/guards';
import { csv, jsonLines } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { Accuracy, EarlyStopping, every, MetricAggregator, MetricStream } from '@loopwright/metrics';
import { AdamW, GradientAccumulator } from '@loopwright/optimizers';
import { ProgressTracker } from '@loopwright/progress';
import { OneCycleLR } from '@loopwright/schedulers';
import { algorithms, autocast, compile, environment, random, tf } from '@loopwright/tensorflow';
import { filter } from 'rxjs';

type Images = tf.Tensor4D;
type Logits = tf.Tensor2D;

/** What a run is made of. */
export interface ReferenceOptions {
  /** The run's folder. */
  readonly folder: string;
  readonly epochs: number;
  /** Steps from one checkpoint to the next; the end of an epoch is saved besides. */
  readonly saveEvery: number;
  readonly workers: number;
  /** Batches of an epoch; 10 by default. */
  readonly batches?: number;
  /** Called at some places in a step, where it may throw. */
  readonly disturb?: (place: Place) => void;
  readonly checkpoints?: CheckpointSaverOptions;
  /** Told before each thing that the loop does. */
  readonly onPhase?: (phase: Phase, step: number) => void;
}

/** Where a step can be disturbed. `recording` is only while the compiled step is recorded, `effect` at each of its calls. */
export type Place = 'batch' | 'recording' | 'effect' | 'update';

/** What a loop is doing. */
export type Phase = 'resuming' | 'training' | 'saving' | 'evaluating' | 'done';

const CLASSES = 4;
const SIZE = 12;
const BATCH = 8;

/** A tint for each class in much noise: something that a few steps begin to learn. */
function makeImages(length: number, seed: number, transform?: transforms.ImageTransform) {
  const noise = new RandomStream('faults', seed);
  const pixels = Uint8Array.from({ length: length * SIZE * SIZE * 3 }, (_, at) => {
    const image = Math.floor(at / (SIZE * SIZE * 3));
    const isBright = at % 3 === image % CLASSES;
    return noise.integer(200) + (isBright ? 50 : 0);
  });
  const labels = Uint8Array.from({ length }, (_, image) => image % CLASSES);
  const images = { pixels, labels, height: SIZE, width: SIZE, channels: 3 as const, classNames: [...'abcd'] };
  return new ImageArrayDataset(images, transform && { transform });
}

/** Convolutions with and without bias, fused and separate activations, batch normalization, pooling, dropout. */
function makeModel() {
  const initializer = (seed: number) => tf.initializers.heNormal({ seed });
  const convolution = { kernelSize: 3, padding: 'same' } as const;
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        ...convolution,
        name: 'stem',
        inputShape: [SIZE, SIZE, 3],
        filters: 16,
        activation: 'relu',
        kernelInitializer: initializer(1),
      }),
      tf.layers.conv2d({
        ...convolution,
        name: 'wide',
        filters: 32,
        useBias: false,
        kernelInitializer: initializer(2),
      }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.reLU({ name: 'relu' }),
      tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
      tf.layers.conv2d({
        ...convolution,
        name: 'last',
        filters: 32,
        activation: 'relu',
        kernelInitializer: initializer(3),
      }),
      tf.layers.dropout({ name: 'drop', rate: 0.25 }),
      tf.layers.globalAveragePooling2d({ name: 'mean' }),
      tf.layers.dense({ name: 'head', units: CLASSES, kernelInitializer: initializer(4) }),
    ],
  });
}

/** All that the loop is made of. */
export type Reference = ReturnType<typeof makeReference>;

/** Makes the parts of a run, its steps and its sinks. */
export function makeReference(options: ReferenceOptions) {
  const { folder, epochs, workers, batches = 10, disturb = () => {} } = options;
  random.seed(1);
  const model = makeModel();
  const adam = new AdamW(model, {
    learningRate: 1e-3,
    weightDecay: 0.05,
    noDecay: (_, variable) => variable.rank < 2,
  });
  const optimizer = new FiniteGuard(adam, { clipNorm: 1, maxInARow: 1000 });
  const accumulator = new GradientAccumulator(optimizer, { steps: 2 });
  const scheduler = new OneCycleLR(optimizer, { maxLr: 5e-3, totalSteps: Math.ceil((epochs * batches) / 2) });
  const ema = new AveragedModel(model, { average: { ema: 0.9 } });
  const swa = new AveragedModel(model, { every: 4 });
  const augment = transforms.compose(
    transforms.randomCrop({ padding: 1 }),
    transforms.randomHorizontalFlip(),
    transforms.colorJitter({ brightness: 0.2 }),
  );
  const train = new DataLoader(makeImages(BATCH * batches, 1, augment), {
    batchSize: BATCH,
    shuffle: true,
    seed: 1,
    workers,
  });
  const validation = new DataLoader(makeImages(40, 2), { batchSize: 20 });
  const progress = new ProgressTracker();
  const aggregator = new MetricAggregator();
  const stopping = new EarlyStopping({ metric: 'val.loss', mode: 'min', patience: 3 * epochs, model });
  const steps = jsonLines(`${folder}/metrics.jsonl`, { existing: 'resume' });
  const summaries = csv(`${folder}/epochs.csv`, { existing: 'resume' });
  const metrics = new MetricStream();
  metrics.subscribe(steps);
  metrics.pipe(filter((record) => 'epoch' in record)).subscribe(summaries);
  metrics.pipe(every(1)).subscribe(stopping);

  const forward = (images: Images, training: boolean) => model.apply(images, { training }) as Logits;
  const trainStep = compile(
    autocast(
      (images: Images, labels: tf.Tensor1D) => {
        disturb('recording');
        const { value, grads } = tf.variableGrads(() => crossEntropy(forward(images, true), labels));
        hostEffect([], () => disturb('effect'));
        accumulator.add(grads, labels.size);
        aggregator.update({ 'train.loss': value }, labels.size);
        return value;
      },
      { dtype: 'bfloat16', force: true },
    ),
  );
  const predict = compile((images: Images) => forward(images, false));

  const stepOptimizer = () =>
    tf.tidy(() => {
      const gradients = accumulator.take();
      disturb('update');
      optimizer.step(gradients);
      scheduler.step();
      ema.updateParameters();
      swa.updateAt(progress.totalIterations);
    });

  const evaluate = async () => {
    const accuracy = new Accuracy();
    const losses = new MetricAggregator();
    for await (const { images, labels } of validation) {
      tf.tidy(() => {
        const logits = predict(images);
        accuracy.update(logits, labels);
        losses.update({ loss: crossEntropy(logits, labels) }, labels.size);
      });
    }
    const result = { accuracy: await accuracy.compute(), loss: (await losses.compute()).loss as number };
    accuracy.dispose();
    return result;
  };

  /** The losses at the moving average of the weights, and at their mean, with statistics of its own. */
  const evaluateAverages = async () => ({
    'ema.loss': (await ema.using(evaluate)).loss,
    'swa.loss': await swa.using(async () => {
      await updateBatchNorm(model, validation);
      return (await evaluate()).loss;
    }),
  });

  const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, {
    unit: 'step',
    keepLast: 3,
    ...options.checkpoints,
  });
  const parts = { model, optimizer, accumulator, scheduler, train, progress, aggregator, stopping };
  const run = { ...parts, ema, swa, random, algorithms, environment, steps, summaries };
  const dispose = () => {
    for (const owner of [trainStep, predict, ema, swa, accumulator, aggregator, optimizer, model])
      owner.dispose();
    metrics.complete();
  };
  return {
    ...parts,
    run,
    checkpoints,
    metrics,
    trainStep,
    stepOptimizer,
    evaluate,
    evaluateAverages,
    dispose,
  };
}

/** Trains to the end, from where the folder's checkpoints leave off. */
export async function trainReference(options: ReferenceOptions): Promise<void> {
  const { epochs, saveEvery, onPhase = () => {} } = options;
  const {
    run,
    checkpoints,
    metrics,
    trainStep,
    stepOptimizer,
    evaluate,
    evaluateAverages,
    dispose,
    ...parts
  } = makeReference(options);
  const { train, progress, scheduler, accumulator, aggregator, stopping } = parts;
  const save = async () => {
    onPhase('saving', progress.totalIterations);
    await checkpoints.save(progress.totalIterations, run);
  };

  const stop = stopRequest();
  onPhase('resuming', 0);
  await checkpoints.resume(run);
  for (const epoch of progress.epochs(epochs)) {
    if (stopping.stopped) break;
    for await (const { images, labels } of progress.track(train)) {
      const step = progress.totalIterations;
      onPhase('training', step);
      const loss = trainStep(images, labels);
      if (accumulator.ready) stepOptimizer();
      metrics.next({ step, loss, learningRate: scheduler.getLastLr()[0] as number });
      loss.dispose();
      if (stop.requested) {
        await save();
        await checkpoints.close();
        stop.exit();
      }
      if (step % saveEvery === 0) await save();
    }
    onPhase('evaluating', progress.totalIterations);
    const { accuracy, loss } = await evaluate();
    metrics.next({
      epoch,
      ...(await aggregator.compute()),
      'val.loss': loss,
      'val.accuracy': accuracy,
      ...(await evaluateAverages()),
    });
    await save();
  }
  await checkpoints.close();
  onPhase('done', progress.totalIterations);
  stop.dispose();
  dispose();
}
