/**
 * Stochastic weight averaging on a VGG without batch normalization, CIFAR-10: Adam overfits within ten epochs, and the
 * average of the weights that it passes through afterwards beats the model of the best validation loss.
 *
 *   node --import tsx examples/vgg-swa.ts --path FOLDER
 *
 * Killed at any moment and started again, it goes on where it was. What is followed and what differs:
 * docs/experiments/vgg-swa.md.
 */
import { AveragedModel } from '@loopwright/averaging';
import { CheckpointSaver } from '@loopwright/checkpoint';
import { Cifar10, DataLoader, randomSplit } from '@loopwright/data';
import { jsonLines } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { MetricAggregator, MetricStream, topKAccuracy } from '@loopwright/metrics';
import { Adam } from '@loopwright/optimizers';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { MultiStepLR } from '@loopwright/schedulers';
import { algorithms, autocast, compile, random, tf } from '@loopwright/tensorflow/portable';
import { Experiment } from './experiments/experiment.ts';
import { readOptions } from './experiments/options.ts';
import { curveOf, readRecords } from './experiments/records.ts';
import { Stopwatch } from './experiments/stopwatch.ts';
import { simplifiedVgg } from './models/simplified-vgg.ts';

type Model = ReturnType<typeof simplifiedVgg>;
type Batch = tf.Tensor4D;
type Labels = tf.Tensor1D;
type Logits = tf.Tensor2D;

const options = readOptions('vgg-swa', {
  epochs: 50,
  batch: 128,
  width: 64,
  swaStart: 4000,
  swaEvery: 50,
  variants: 'published,dropout',
});
const { epochs, batch, width, swaStart, swaEvery } = options;
const experiment = new Experiment('vgg-swa', options, { 'best validation': '75.71', SWA: '80.88' });
const display = progressBars();

const all = new Cifar10(options.path);
const test = new DataLoader(new Cifar10(options.path, { train: false }), { batchSize: 500 });
const tenth = Math.floor(all.length / 10);

const LEARNING_RATE = 1e-4;
const SWA_LEARNING_RATE = 5e-4;

/** The notebook never returns to training mode after its first validation; the other variant does what was meant. */
const VARIANTS: Record<string, Variant> = {
  published: { suffix: '', dropsOut: (epoch) => epoch === 0 },
  dropout: { suffix: ', dropout in all epochs', dropsOut: () => true },
};

interface Variant {
  /** Of the names of its stages. */
  readonly suffix: string;
  readonly dropsOut: (epoch: number) => boolean;
}

/** The loop: Adam, at five times the rate from `swaStart` on; every `swaEvery` steps from there go into the average. */
async function train({ suffix, dropsOut }: Variant, seed: number): Promise<void> {
  random.seed(seed);
  const [trainImages, validationImages] = randomSplit(all, [all.length - tenth, tenth], { seed });
  const train = new DataLoader(trainImages, { batchSize: batch, shuffle: true, dropLast: true, seed });
  const validation = new DataLoader(validationImages, { batchSize: batch, dropLast: true });

  const model = simplifiedVgg(tf, { inputShape: [32, 32, 3], classes: 10, width, seed });
  const optimizer = new Adam(model, { learningRate: LEARNING_RATE });
  const scheduler = new MultiStepLR(optimizer, {
    milestones: [swaStart],
    gamma: SWA_LEARNING_RATE / LEARNING_RATE,
  });
  const averaged = new AveragedModel(model, { start: swaStart + swaEvery - 1, every: swaEvery });

  const trainStep = mixedPrecision((images: Batch, labels: Labels, training: boolean) =>
    optimizer.minimize(() => crossEntropy(model.apply(images, { training }) as Logits, labels)),
  );
  const evaluate = evaluation(model);

  const folder = folderOf(suffix, seed);
  const progress = new ProgressTracker({ display });
  const stopwatch = new Stopwatch();
  const log = jsonLines(`${folder}/metrics.jsonl`, { existing: 'resume' });
  const metrics = new MetricStream();
  metrics.subscribe(log);
  metrics.subscribe(display);
  const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, {
    keepLast: 1,
    keepBest: { metric: 'validation.loss', mode: 'min' },
  });

  const run = { model, optimizer, scheduler, averaged, train, progress, log, stopwatch, random, algorithms };
  for (const epoch of progress.epochs(epochs, { from: await checkpoints.resume(run) })) {
    const aggregator = new MetricAggregator();
    for await (const { images, labels } of progress.track(train, { label: `VGG${suffix}, seed ${seed}` })) {
      const loss = trainStep(images, labels, dropsOut(epoch));
      aggregator.update({ loss }, labels.size);
      loss.dispose();
      scheduler.step();
      averaged.updateAt(progress.totalIterations - 1);
    }
    const summary = {
      ...(await aggregator.compute()),
      ...(await evaluate(validation, 'validation')),
      ...(averaged.nAveraged > 0 && (await averaged.using(() => evaluate(validation, 'averaged')))),
    };
    metrics.next({ epoch, ...summary, seconds: stopwatch.seconds });
    await checkpoints.save(epoch, run, summary);
  }
  metrics.complete();

  const { seconds } = stopwatch;
  const record = async (name: string, trained: number) => {
    const { 'test.accuracy': value } = (await evaluate(test, 'test')) as { 'test.accuracy': number };
    experiment.record({ stage: `${name}${suffix}`, seed, value, epochs: trained, seconds });
  };
  await record('last epoch', epochs);
  const best = await checkpoints.findBest();
  await checkpoints.load(best!, { model }, { subset: true });
  await record('best validation', best!.epoch + 1);
  averaged.copyTo(model);
  await record('SWA', epochs);
  for (const owner of [trainStep, evaluate, averaged, optimizer, model]) owner.dispose();
}

/** Mean loss and accuracy over a loader's batches, under names of the part that it is. */
function evaluation(model: Model) {
  const score = mixedPrecision((images: Batch, labels: Labels) =>
    tf.tidy(() => {
      const logits = model.apply(images, { training: false }) as Logits;
      return { loss: crossEntropy(logits, labels), accuracy: topKAccuracy(logits, labels) };
    }),
  );
  const evaluate = async (loader: DataLoader, part: string): Promise<Record<string, number>> => {
    const aggregator = new MetricAggregator();
    for await (const { images, labels } of loader) {
      const { loss, accuracy } = score(images, labels);
      aggregator.update({ [`${part}.loss`]: loss, [`${part}.accuracy`]: accuracy }, labels.size);
      tf.dispose([loss, accuracy]);
    }
    return aggregator.compute();
  };
  return Object.assign(evaluate, { dispose: () => score.dispose() });
}

/** The step, compiled; in bfloat16 where that is faster on this machine. */
function mixedPrecision<A extends unknown[], R>(fn: (...args: A) => R) {
  return compile(autocast(fn, { dtype: 'bfloat16' }));
}

function folderOf(suffix: string, seed: number): string {
  return `${options.run}/seed-${seed}/VGG${suffix}`;
}

const variants = options.variants.split(',').map((name) => {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`--variants must be of ${Object.keys(VARIANTS)}, got ${name}`);
  return variant;
});
for (const variant of variants) {
  for (const seed of options.seeds) {
    if (!experiment.has(`SWA${variant.suffix}`, seed)) await train(variant, seed);
  }
}

const [seed] = options.seeds;
const curves = variants.map(({ suffix }) => ({
  name: (what: string) => `${what}${suffix}`,
  records: readRecords(`${folderOf(suffix, seed!)}/metrics.jsonl`),
}));
const afterStart = (records: Record<string, number>[]) =>
  records.filter((record) => 'averaged.loss' in record);
await experiment.report([
  {
    title: `Loss, seed ${seed}`,
    xLabel: 'epoch',
    yLabel: 'cross-entropy',
    yScale: 'log',
    series: curves.flatMap(({ name, records }) => [
      curveOf(name('training'), records, 'loss'),
      curveOf(name('validation'), records, 'validation.loss'),
      curveOf(name('validation, SWA'), afterStart(records), 'averaged.loss'),
    ]),
  },
  {
    title: `Validation accuracy, seed ${seed}`,
    xLabel: 'epoch',
    yLabel: '%',
    series: curves.flatMap(({ name, records }) => [
      curveOf(name('weights of the epoch'), records, 'validation.accuracy', 100),
      curveOf(name('SWA'), afterStart(records), 'averaged.accuracy', 100),
    ]),
  },
]);
