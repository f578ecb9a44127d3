/**
 * Milks the last drops of accuracy out of a ResNet-18 on CIFAR-10: stochastic weight averaging (SWA), self-distillation
 * from the averaged teacher, SWA of the student, test-time augmentation (TTA).
 *
 *   node --import tsx examples/milking-the-final-drops.ts --path FOLDER
 *
 * Killed at any moment and started again, it goes on where it was. What is followed and what differs:
 * docs/experiments/milking-the-final-drops.md.
 */
import { AveragedModel, updateBatchNorm } from '@loopwright/averaging';
import { CheckpointSaver } from '@loopwright/checkpoint';
import type { Stateful } from '@loopwright/core';
import { Cifar10, DataLoader, transformImages, transforms } from '@loopwright/data';
import { distillationLoss, frozenTeacher } from '@loopwright/distillation';
import { jsonLines } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { Accuracy, MetricAggregator, MetricStream } from '@loopwright/metrics';
import { AdamW } from '@loopwright/optimizers';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { OneCycleLR, SWALR } from '@loopwright/schedulers';
import { accelerate, algorithms, autocast, compile, tf } from '@loopwright/tensorflow';
import { testTimeAugment, views } from '@loopwright/tta';
import { Experiment } from './experiments/experiment.ts';
import { readOptions } from './experiments/options.ts';
import { curveOf, readRecords } from './experiments/records.ts';
import { Stopwatch } from './experiments/stopwatch.ts';
import { resnet18 } from './models/resnet18.ts';

type Model = ReturnType<typeof resnet18>;
type Images = tf.Tensor4D;
type Labels = tf.Tensor1D;
type Logits = tf.Tensor2D;
type Predict = (images: Images) => Logits;

const options = readOptions('milking-the-final-drops', {
  baseEpochs: 12,
  swaEpochs: 15,
  swaStart: 5,
  annealEpochs: 5,
  distillEpochs: 100,
  batch: 512,
  distillBatch: 4096,
  width: 64,
  workers: 1,
  tuneSeconds: 300,
  variants: 'published,batchMean',
});
const experiment = new Experiment('milking-the-final-drops', options, {
  base: '78.1',
  SWA: '79.29',
  distilled: '78.83',
  'distilled, SWA': '79.58',
  'distilled, SWA, TTA': '81.27',
});
const display = progressBars();
// Batches of 4096 take longer to measure than the usual minute.
if (options.tuneSeconds > 0) accelerate({ tune: { budgetMs: 1000 * options.tuneSeconds } });

/** How the teacher's divergence is averaged: the notebook's way, over the classes too, and the right one. */
const VARIANTS: Record<string, Variant> = {
  published: { name: 'distilled', klReduction: 'mean' },
  batchMean: { name: 'distilled, KL by the batch', klReduction: 'batchMean' },
};

interface Variant {
  readonly name: string;
  readonly klReduction: 'mean' | 'batchMean';
}

const normalize = { mean: [0.48, 0.44, 0.4], std: [0.22, 0.22, 0.22] };
const augmented = transformImages(
  new Cifar10(options.path),
  transforms.autoAugment({ policy: 'cifar10', interpolation: 'nearest' }),
);
const testLoader = new DataLoader(new Cifar10(options.path, { train: false }), { batchSize: 500, normalize });
const newLoader = (batchSize: number, seed: number) =>
  new DataLoader(augmented, { batchSize, shuffle: true, seed, workers: options.workers, normalize });

const newModel = (seed: number) =>
  resnet18(tf, { inputShape: [32, 32, 3], classes: 10, width: options.width, seed });
const training = (model: Model, images: Images) => model.apply(images, { training: true }) as Logits;
const inference = (model: Model) => (images: Images) => model.apply(images, { training: false }) as Logits;

/** One stage of training: what changes from stage to stage. */
interface Stage {
  readonly name: string;
  readonly seed: number;
  readonly epochs: number;
  readonly train: DataLoader;
  readonly model: Model;
  readonly optimizer: AdamW;
  readonly lossOf: (images: Images, labels: Labels) => tf.Scalar;
  /** What else has state. */
  readonly parts: Readonly<Record<string, Stateful>>;
  readonly afterStep?: () => void;
  readonly afterEpoch?: (epoch: number) => void;
}

/** The training loop, the same for every stage, and yours to change. Returns the seconds that it took in all. */
async function trainStage(stage: Stage): Promise<number> {
  const { name, seed, epochs, train, model, optimizer, lossOf, parts, afterStep, afterEpoch } = stage;
  const folder = folderOf(name, seed);
  const progress = new ProgressTracker({ display });
  const stopwatch = new Stopwatch();
  const log = jsonLines(`${folder}/metrics.jsonl`, { existing: 'resume' });
  const metrics = new MetricStream();
  metrics.subscribe(log);
  metrics.subscribe(display);
  const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, { keepLast: 1 });

  const trainStep = mixedPrecision((images: Images, labels: Labels) =>
    optimizer.minimize(() => lossOf(images, labels)),
  );
  const evaluate = evaluation(inference(model));

  const run = { model, optimizer, train, progress, log, stopwatch, algorithms, ...parts };
  for (const epoch of progress.epochs(epochs, { from: await checkpoints.resume(run) })) {
    const aggregator = new MetricAggregator();
    const learningRate = optimizer.paramGroups[0]!.learningRate;
    for await (const { images, labels } of progress.track(train, { label: `${name}, seed ${seed}` })) {
      const loss = trainStep(images, labels);
      aggregator.update({ loss }, labels.size);
      loss.dispose();
      afterStep?.();
    }
    afterEpoch?.(epoch);
    const summary = { ...(await aggregator.compute()), accuracy: await evaluate() };
    metrics.next({ epoch, learningRate, ...summary, seconds: stopwatch.seconds });
    await checkpoints.save(epoch, run, summary);
  }
  metrics.complete();
  for (const owner of [trainStep, evaluate]) owner.dispose();
  return stopwatch.seconds;
}

/** Trains a base model to about the accuracy of the notebook's, which comes from elsewhere. */
async function trainBase(model: Model, seed: number): Promise<number> {
  const train = newLoader(options.batch, seed);
  const optimizer = new AdamW(model, { learningRate: 2e-3, weightDecay: 1e-2 });
  const schedule = { maxLr: 2e-3, epochs: options.baseEpochs, stepsPerEpoch: train.length };
  const scheduler = new OneCycleLR(optimizer, schedule);
  const seconds = await trainStage({
    name: 'base',
    seed,
    epochs: options.baseEpochs,
    train,
    model,
    optimizer,
    lossOf: (images, labels) => crossEntropy(training(model, images), labels),
    parts: { scheduler },
    afterStep: () => scheduler.step(),
  });
  optimizer.dispose();
  return seconds;
}

/**
 * Trains on at a rate that rises to a constant, averages the weights at the end of each epoch from `swaStart` on, and
 * gives the model the average, with statistics of its own.
 */
async function average(name: string, model: Model, seed: number): Promise<number> {
  const train = newLoader(options.batch, seed);
  const optimizer = new AdamW(model, { learningRate: 1e-5, weightDecay: 1e-2 });
  const scheduler = new SWALR(optimizer, { swaLr: 1e-3, annealEpochs: options.annealEpochs });
  const averaged = new AveragedModel(model, { start: options.swaStart - 1 });
  const seconds = await trainStage({
    name,
    seed,
    epochs: options.swaEpochs,
    train,
    model,
    optimizer,
    lossOf: (images, labels) => crossEntropy(training(model, images), labels),
    parts: { scheduler, averaged },
    afterEpoch: (epoch) => {
      if (averaged.updateAt(epoch)) scheduler.step();
    },
  });

  const refresh = new Stopwatch();
  averaged.copyTo(model);
  await updateBatchNorm(model, newLoader(options.batch, seed));
  for (const owner of [averaged, optimizer]) owner.dispose();
  return seconds + refresh.seconds;
}

/** Trains a student on the labels and on what the teacher makes of the same images, half and half. */
async function distil(
  { name, klReduction }: Variant,
  student: Model,
  teacherModel: Model,
  seed: number,
): Promise<number> {
  const train = newLoader(options.distillBatch, seed);
  const optimizer = new AdamW(student, { learningRate: 1e-5, weightDecay: 1e-2 });
  const scheduler = new OneCycleLR(optimizer, {
    maxLr: 2e-3,
    divFactor: 2e-3 / 1e-5,
    pctStart: 0.1,
    epochs: options.distillEpochs,
    stepsPerEpoch: train.length,
  });
  const teacher = frozenTeacher(teacherModel);
  const seconds = await trainStage({
    name,
    seed,
    epochs: options.distillEpochs,
    train,
    model: student,
    optimizer,
    lossOf: (images, labels) =>
      distillationLoss(
        { studentLogits: training(student, images), teacherLogits: teacher(images), labels },
        { temperature: 2, alpha: 0.5, klReduction },
      ),
    parts: { scheduler },
    afterStep: () => scheduler.step(),
  });
  optimizer.dispose();
  return seconds;
}

/** The fraction of the test images that is classified rightly. */
function evaluation(predict: Predict) {
  const compiled = mixedPrecision(predict);
  const evaluate = async (): Promise<number> => {
    const accuracy = new Accuracy();
    for await (const { images, labels } of testLoader) {
      tf.tidy(() => accuracy.update(compiled(images), labels));
    }
    const result = await accuracy.compute();
    accuracy.dispose();
    return result;
  };
  return Object.assign(evaluate, { dispose: () => compiled.dispose() });
}

/** A function of tensors, compiled; in bfloat16 where that is faster on this machine. */
function mixedPrecision<A extends unknown[], R>(fn: (...args: A) => R) {
  return compile(autocast(fn, { dtype: 'bfloat16' }));
}

function folderOf(stage: string, seed: number): string {
  return `${options.run}/seed-${seed}/${stage}`;
}

const variants = options.variants.split(',').map((name) => {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`--variants must be of ${Object.keys(VARIANTS)}, got ${name}`);
  return variant;
});
const stagesOf = ({ name }: Variant) => [name, `${name}, SWA`, `${name}, SWA, TTA`] as const;

for (const seed of options.seeds) {
  if (variants.every((variant) => experiment.has(stagesOf(variant)[2], seed))) continue;
  const score = async (stage: string, epochs: number, seconds: number, predict: Predict) => {
    if (experiment.has(stage, seed)) return;
    const evaluate = evaluation(predict);
    experiment.record({ stage, seed, value: await evaluate(), epochs, seconds });
    evaluate.dispose();
  };

  const model = newModel(seed);
  await score('base', options.baseEpochs, await trainBase(model, seed), inference(model));
  await score('SWA', options.swaEpochs, await average('SWA', model, seed), inference(model));

  for (const variant of variants) {
    const [distilled, averaged, augmented] = stagesOf(variant);
    if (experiment.has(augmented, seed)) continue;
    const student = newModel(100 + seed);
    const seconds = await distil(variant, student, model, seed);
    await score(distilled, options.distillEpochs, seconds, inference(student));
    const swaSeconds = await average(averaged, student, seed);
    await score(averaged, options.swaEpochs, swaSeconds, inference(student));
    const both = [views.identity, views.horizontalFlip];
    await score(
      augmented,
      0,
      0,
      testTimeAugment(inference(student), { views: both, merge: 'mean', on: 'logits' }),
    );
    student.dispose();
  }
  model.dispose();
}

const [seed] = options.seeds;
const stages = ['base', 'SWA', ...variants.flatMap((variant) => stagesOf(variant).slice(0, 2))];
const curves = stages.map((name) => ({
  name,
  records: readRecords(`${folderOf(name, seed!)}/metrics.jsonl`),
}));
await experiment.report([
  {
    title: `Training loss, seed ${seed}`,
    xLabel: 'epoch',
    yLabel: 'loss',
    series: curves.map(({ name, records }) => curveOf(name, records, 'loss')),
  },
  {
    title: `Test accuracy of the weights of the epoch, seed ${seed}`,
    xLabel: 'epoch',
    yLabel: '%',
    series: curves.map(({ name, records }) => curveOf(name, records, 'accuracy', 100)),
  },
]);
