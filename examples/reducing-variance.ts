/**
 * How much the validation accuracy of a recipe varies from run to run, and whether a smoothed accuracy varies less:
 * after D. Page's notebook "Reducing variance" (2020). Ten runs of five epochs of an xresnet18 with Mish and
 * self-attention, on Imagenette split anew, with 250 validation images a class.
 *
 *   node --import tsx examples/reducing-variance.ts --path IMAGENETTE
 *
 * Killed at any moment and started again, it goes on where it was.
 */
import { join } from 'node:path';
import { CheckpointSaver } from '@loopwright/checkpoint';
import {
  ConcatDataset,
  DataLoader,
  ImageFolder,
  loadImages,
  mirrorImages,
  movePerClass,
  Subset,
  transformImages,
  transforms,
} from '@loopwright/data';
import { jsonLines, runCard } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { Accuracy, MetricAggregator, MetricStream, SmoothedAccuracy } from '@loopwright/metrics';
import { Ranger } from '@loopwright/optimizers';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { FlatCosLR } from '@loopwright/schedulers';
import { compareSpreads, repeat, valuesPanel } from '@loopwright/study';
import { algorithms, autocast, compile, tf } from '@loopwright/tensorflow/portable';
import { Experiment } from './experiments/experiment.ts';
import { readOptions } from './experiments/options.ts';
import { meanCurve, readRecords } from './experiments/records.ts';
import { Stopwatch } from './experiments/stopwatch.ts';
import { xresnet18 } from './models/xresnet18.ts';

type Images = tf.Tensor4D;
type Labels = tf.Tensor1D;
type Logits = tf.Tensor2D;

const options = readOptions('reducing-variance', {
  seeds: '1,2,3,4,5,6,7,8,9,10',
  epochs: 5,
  size: 128,
  batch: 64,
  /** Images a class. */
  validation: 250,
  workers: 1,
  width: 64,
});
const { epochs, size, batch, workers, width } = options;
const experiment = new Experiment('reducing-variance', options, {
  xresnet18: '83.5 ± 0.35',
  'xresnet18, smoothed accuracy': '82.1 ± 0.25',
});
runCard(options.run, { options, seeds: options.seeds });
const display = progressBars();

// The same split for all seeds, of the images of both official parts.
const folders = ['train', 'val'].map((part) => new ImageFolder(join(options.path, part)));
const all = await loadImages(new ConcatDataset(folders));
const [toTrain, toValidate] = movePerClass(all, new Subset(all, []), {
  perClass: options.validation,
  seed: 0,
});

const { compose, randomResizedCrop, randomHorizontalFlip, resize, centerCrop, statistics } = transforms;
const training = transformImages(
  toTrain,
  compose(randomResizedCrop({ size, scale: [0.35, 1], ratio: [3 / 4, 4 / 3] }), randomHorizontalFlip()),
);
const middles = transformImages(toValidate, compose(resize({ size: size + 32 }), centerCrop({ size })));
const validation = new DataLoader(new ConcatDataset([middles, mirrorImages(middles)]), {
  batchSize: 2 * batch,
  workers,
  normalize: statistics.imagenet,
});
const classes = folders[0]!.classNames.length;

const lossOf = (logits: Logits, labels: Labels) => crossEntropy(logits, labels, { labelSmoothing: 0.1 });

/** One run. */
async function train(seed: number) {
  const folder = `${options.run}/seed-${seed}`;
  const model = xresnet18(tf, {
    inputShape: [size, size, 3],
    classes,
    width,
    selfAttention: true,
    activation: 'mish',
    seed,
  });
  const optimizer = new Ranger(model, {
    learningRate: 4e-3,
    beta1: 0.95,
    beta2: 0.99,
    epsilon: 1e-6,
    gradientCentralization: false, // it came to Ranger later
    weightDecay: 1e-2,
    // What fastai leaves out with `bn_wd=False`: batch normalization, and biases. The weight of attention decays.
    noDecay: (name) => name.includes('.bn/') || name.endsWith('/bias'),
  });
  const loader = new DataLoader(training, {
    batchSize: batch,
    shuffle: true,
    dropLast: true,
    seed,
    workers,
    normalize: statistics.imagenet,
  });
  const scheduler = new FlatCosLR(optimizer, { epochs, stepsPerEpoch: loader.length, pctStart: 0.72 });

  const trainStep = mixedPrecision((images: Images, labels: Labels) =>
    optimizer.minimize(() => lossOf(model.apply(images, { training: true }) as Logits, labels)),
  );
  const predict = mixedPrecision((images: Images) => model.predict(images) as Logits);

  const progress = new ProgressTracker({ display });
  const stopwatch = new Stopwatch();
  const log = jsonLines(`${folder}/metrics.jsonl`, { existing: 'resume' });
  const metrics = new MetricStream();
  metrics.subscribe(log);
  metrics.subscribe(display);

  const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, { keepLast: 1 });
  const run = { model, optimizer, scheduler, loader, progress, stopwatch, log, algorithms };
  for (const epoch of progress.epochs(epochs, { from: await checkpoints.resume(run) })) {
    const aggregator = new MetricAggregator();
    for await (const { images, labels } of progress.track(loader, { label: `seed ${seed}` })) {
      const loss = trainStep(images, labels);
      aggregator.update({ 'train.loss': loss }, labels.size);
      loss.dispose();
      scheduler.step();
    }
    const summary = { ...(await aggregator.compute()), ...(await validate(predict, progress)) };
    const { seconds } = stopwatch;
    metrics.next({ epoch, ...summary, seconds });
    await checkpoints.save(epoch, run, { ...summary, seconds });
  }
  metrics.complete();
  for (const owner of [trainStep, predict, optimizer, model]) owner.dispose();

  const { accuracy, smoothed, seconds } = (await checkpoints.findLast())!.metrics as Summary;
  const result = { stage: 'xresnet18', seed, epochs, seconds };
  experiment.record({ ...result, value: accuracy });
  experiment.record({ ...result, metric: 'smoothed accuracy', value: smoothed });
  return { accuracy, smoothed, seconds };
}

type Summary = Readonly<Record<'loss' | 'accuracy' | 'smoothed' | 'seconds', number>>;

/** Loss, accuracy and smoothed accuracy on the validation images, followed by their mirror images. */
async function validate(predict: (images: Images) => Logits, progress: ProgressTracker) {
  const aggregator = new MetricAggregator();
  const [accuracy, smoothed] = [new Accuracy(), new SmoothedAccuracy({ beta: 3 })];
  for await (const { images, labels } of progress.track(validation, { count: false, label: 'validation' })) {
    tf.tidy(() => {
      const logits = predict(images);
      aggregator.update({ loss: lossOf(logits, labels) }, labels.size);
      accuracy.update(logits, labels);
      smoothed.update(logits, labels);
    });
  }
  const summary = {
    ...(await aggregator.compute()),
    accuracy: await accuracy.compute(),
    smoothed: await smoothed.compute(),
  };
  accuracy.dispose();
  smoothed.dispose();
  return summary;
}

/** In bfloat16 where that is faster on this machine, and compiled. */
function mixedPrecision<A extends unknown[], R>(fn: (...args: A) => R) {
  return compile(autocast(fn, { dtype: 'bfloat16' }));
}

const { seeds, run: folder, publish: _, path: __, ...settings } = options;
const { runs, failed } = await repeat(train, { seeds, ledger: `${folder}/ledger.json`, settings });
for (const { seed, error } of failed) console.error(`seed ${seed} failed: ${error}`);
if (runs.length === 0) process.exit(1);

const valuesOf = (name: 'accuracy' | 'smoothed') => runs.map(({ values }) => 100 * values[name]!);
const records = runs.map(({ seed }) => readRecords(`${folder}/seed-${seed}/metrics.jsonl`));
const curve = (name: string, key: string, scale: number) => meanCurve(name, records, key, scale);
await experiment.report(
  [
    {
      title: `Loss, mean and range of ${runs.length} runs`,
      xLabel: 'epoch',
      yLabel: 'cross-entropy, labels smoothed',
      series: [curve('training', 'train.loss', 1), curve('validation', 'loss', 1)],
    },
    {
      title: `Validation, mean and range of ${runs.length} runs`,
      xLabel: 'epoch',
      yLabel: '%',
      series: [curve('accuracy', 'accuracy', 100), curve('smoothed accuracy', 'smoothed', 100)],
    },
    valuesPanel(
      { accuracy: valuesOf('accuracy'), 'smoothed accuracy': valuesOf('smoothed') },
      { title: 'After the last epoch', yLabel: '%' },
    ),
  ],
  [
    compareSpreads(valuesOf('smoothed'), valuesOf('accuracy'), { names: ['smoothed accuracy', 'accuracy'] })
      .text,
  ],
);
