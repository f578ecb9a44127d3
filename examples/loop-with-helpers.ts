/**
 * Four recipes for one network, in a loop that is yours, with helpers: after the article of pytorch-nn-tools' author. A
 * ResNet-18 is trained for 40 epochs by SGD with a step in its rate, the same at the rate that a range test finds, with
 * one cycle of the rate, and by AdamW; a fifth one gives AdamW the rate that its own range test finds.
 *
 *   node --import tsx examples/loop-with-helpers.ts --path IMAGENETTE_OR_IMAGEWOOF
 *
 * Killed at any moment and started again, it goes on where it was.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointSaver } from '@loopwright/checkpoint';
import { replaceFileSync } from '@loopwright/core/files';
import { DataLoader, ImageFolder, loadImages, transformImages, transforms } from '@loopwright/data';
import { jsonLines, runCard, tensorBoard } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { type RangePoint, rangePanel, rangeTest, suggestLr } from '@loopwright/lr-finder';
import {
  every,
  HistoryCondition,
  MetricAggregator,
  MetricStream,
  prefix,
  topKAccuracy,
} from '@loopwright/metrics';
import { AdamW, SGD } from '@loopwright/optimizers';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { LambdaLR, OneCycleLR } from '@loopwright/schedulers';
import { algorithms, autocast, compile, tf } from '@loopwright/tensorflow/portable';
import { Experiment } from './experiments/experiment.ts';
import { readOptions } from './experiments/options.ts';
import { curveOf, readRecords } from './experiments/records.ts';
import { Stopwatch } from './experiments/stopwatch.ts';
import { resnet18 } from './models/resnet18.ts';

type Model = ReturnType<typeof resnet18>;
type Optimizer = SGD | AdamW;
type Images = tf.Tensor4D;
type Labels = tf.Tensor1D;
type Logits = tf.Tensor2D;

const options = readOptions('loop-with-helpers', {
  epochs: 40,
  size: 128,
  batch: 128,
  rangeSteps: 100,
  workers: 1,
  width: 64,
  variants: '1,2,3,4,5',
});
const { epochs, size, batch, rangeSteps, workers, width } = options;
const experiment = new Experiment('loop-with-helpers', options, {
  'SGD at 0.1': '69',
  'SGD at 0.1, top-5': '96',
  'SGD at the rate found': '78',
  'SGD, one cycle': '79.5',
  'AdamW, one cycle': '82.6',
});
/** The last figure of a run that is recorded. */
const BEST = 'best epoch';
runCard(options.run, { options, seeds: options.seeds });
const display = progressBars();

const { compose, randomResizedCrop, randomHorizontalFlip, resize, centerCrop } = transforms;
const normalize = transforms.statistics.imagenet;
const trainFolder = new ImageFolder(join(options.path, 'train'));
const trainImages = transformImages(
  await loadImages(trainFolder),
  compose(randomResizedCrop({ size }), randomHorizontalFlip()),
);
const middles = compose(resize({ size: Math.round((size * 256) / 224) }), centerCrop({ size }));
const valImages = await loadImages(new ImageFolder(join(options.path, 'val'), { transform: middles }));

const trainLoader = (seed: number) =>
  new DataLoader(trainImages, { batchSize: batch, shuffle: true, seed, workers, normalize });
const valLoader = new DataLoader(valImages, { batchSize: batch, workers, normalize });

const newModel = (seed: number) =>
  resnet18(tf, { inputShape: [size, size, 3], classes: trainFolder.classNames.length, width, seed });
const optimizers = {
  SGD: (model: Model, learningRate: number) =>
    new SGD(model, { learningRate, momentum: 0.9, weightDecay: 1e-4 }),
  AdamW: (model: Model, learningRate: number) => new AdamW(model, { learningRate, weightDecay: 1e-4 }),
};

/** What the recipes differ in. */
interface Recipe {
  readonly name: string;
  readonly optimizer: keyof typeof optimizers;
  /** A learning rate, or the optimizer whose range test suggests it. */
  readonly rate: number | keyof typeof optimizers;
  readonly schedule: 'step' | 'one cycle';
}

const allRecipes: readonly Recipe[] = [
  { name: 'SGD at 0.1', optimizer: 'SGD', rate: 0.1, schedule: 'step' },
  { name: 'SGD at the rate found', optimizer: 'SGD', rate: 'SGD', schedule: 'step' },
  { name: 'SGD, one cycle', optimizer: 'SGD', rate: 'SGD', schedule: 'one cycle' },
  { name: 'AdamW, one cycle', optimizer: 'AdamW', rate: 'SGD', schedule: 'one cycle' },
  { name: 'AdamW, one cycle, own rate', optimizer: 'AdamW', rate: 'AdamW', schedule: 'one cycle' },
];
const recipes = options.variants.split(',').map((number) => {
  const recipe = allRecipes[Number(number) - 1];
  if (recipe === undefined) throw new Error(`--variants must be of 1 to ${allRecipes.length}, got ${number}`);
  return recipe;
});

/** The loop. It belongs to whoever writes it; what it does not want to know is in the helpers. */
async function trainRecipe({ name, schedule, rate, ...recipe }: Recipe, seed: number): Promise<void> {
  const learningRate = typeof rate === 'number' ? rate : await findRate(rate);
  const model = newModel(seed);
  const optimizer = optimizers[recipe.optimizer](model, learningRate);
  const train = trainLoader(seed);
  const scheduler =
    schedule === 'step'
      ? new LambdaLR(optimizer, { lrLambda: (epoch) => 0.1 ** Math.floor(epoch / (0.75 * epochs)) })
      : new OneCycleLR(optimizer, { maxLr: learningRate, epochs, stepsPerEpoch: train.length });
  const step = trainStep(model, optimizer);
  const evaluate = valStep(model);

  const folder = `${options.run}/seed-${seed}/${name}`;
  const progress = new ProgressTracker({ display });
  const stopwatch = new Stopwatch();
  const log = jsonLines(`${folder}/metrics.jsonl`, { existing: 'resume' });
  const board = tensorBoard(folder, { split: true });
  const steps = new MetricStream();
  const metrics = new MetricStream();
  steps.pipe(every(10), prefix('batch.')).subscribe(metrics);
  for (const sink of [log, board, display]) metrics.subscribe(sink);

  const last = new CheckpointSaver(`${folder}/checkpoints`, { keepLast: 1 });
  const best = new CheckpointSaver(`${folder}/best`, { keepLast: 1 });
  const improves = new HistoryCondition(
    'val.acc1',
    (history) => history.length === 1 || history.at(-1)! > Math.max(...history.slice(0, -1)),
  );
  const run = { model, optimizer, scheduler, train, progress, improves, stopwatch, log, board, algorithms };

  for (const epoch of progress.epochs(epochs, { from: await last.resume(run) })) {
    const [trained, validated] = [new MetricAggregator(), new MetricAggregator()];
    for await (const { images, labels } of progress.track(train, { label: name })) {
      const record = step(images, labels);
      trained.update(record, labels.size);
      const [learningRate] = scheduler.getLastLr() as [number];
      steps.next({ iteration: progress.totalIterations, learningRate, ...record });
      tf.dispose(record);
      if (schedule === 'one cycle') scheduler.step();
    }
    for await (const { images, labels } of progress.track(valLoader, { count: false, label: 'validation' })) {
      const record = evaluate(images, labels);
      validated.update(record, labels.size);
      tf.dispose(record);
    }
    if (schedule === 'step') scheduler.step();

    const summary = {
      ...named('train', await trained.compute()),
      ...named('val', await validated.compute()),
    };
    const { seconds } = stopwatch;
    metrics.next({ epoch, ...summary, seconds });
    if (improves.update(summary)) await best.save(epoch, { model }, summary);
    await last.save(epoch, run, { ...summary, seconds });
  }
  steps.complete();
  for (const owner of [step, evaluate, optimizer, model]) owner.dispose();

  const { metrics: final } = (await last.findLast())!;
  const { metrics: highest } = (await best.findLast())!;
  const result = { stage: name, seed, epochs, seconds: final.seconds! };
  experiment.record({ ...result, value: final['val.acc1']! });
  experiment.record({ ...result, metric: 'top-5', value: final['val.acc5']! });
  experiment.record({ ...result, metric: BEST, value: highest['val.acc1']! });
}

const named = (part: string, values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${part}.${name}`, value]));

/** A step of training, and what is to be known of it. */
function trainStep(model: Model, optimizer: Optimizer) {
  return mixedPrecision((images: Images, labels: Labels) => {
    let output: Logits | undefined;
    const loss = optimizer.minimize(() => {
      output = tf.keep(model.apply(images, { training: true }) as Logits);
      return crossEntropy(output, labels);
    });
    const logits = output!;
    const [acc1, acc5] = [topKAccuracy(logits, labels, 1), topKAccuracy(logits, labels, 5)];
    logits.dispose();
    return { loss, acc1, acc5 };
  });
}

/** What is to be known of a batch of validation images. */
function valStep(model: Model) {
  return mixedPrecision((images: Images, labels: Labels) =>
    tf.tidy(() => {
      const logits = model.predict(images) as Logits;
      return {
        loss: crossEntropy(logits, labels),
        acc1: topKAccuracy(logits, labels, 1),
        acc5: topKAccuracy(logits, labels, 5),
      };
    }),
  );
}

/** The step, compiled; in bfloat16 where that is faster on this machine. */
function mixedPrecision<A extends unknown[], R>(fn: (...args: A) => R) {
  return compile(autocast(fn, { dtype: 'bfloat16' }));
}

/** The rate that a range test by this optimizer suggests. The test is kept in the run folder, and not done twice. */
async function findRate(name: keyof typeof optimizers): Promise<number> {
  if (readRangeTest(name) === undefined) {
    const seed = options.seeds[0]!;
    const model = newModel(seed);
    const optimizer = optimizers[name](model, 1e-7);
    const step = mixedPrecision((images: Images, labels: Labels) =>
      optimizer.minimize(() => crossEntropy(model.apply(images, { training: true }) as Logits, labels)),
    );
    const { history } = await rangeTest({
      model,
      optimizer,
      data: trainLoader(seed),
      step: ({ images, labels }) => step(images as Images, labels),
      steps: rangeSteps,
    });
    replaceFileSync(rangeTestFile(name), `${JSON.stringify(history)}\n`);
    for (const owner of [step, optimizer, model]) owner.dispose();
  }
  const { lr, reason } = suggestLr(readRangeTest(name)!, 'steepest');
  if (lr === undefined) throw new Error(`the range test by ${name} suggests no rate: ${reason}`);
  return lr;
}

function rangeTestFile(name: string): string {
  return `${options.run}/range-test-${name}.json`;
}

function readRangeTest(name: string): RangePoint[] | undefined {
  const path = rangeTestFile(name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RangePoint[]) : undefined;
}

for (const seed of options.seeds) {
  for (const recipe of recipes) {
    if (!experiment.has(recipe.name, seed, BEST)) await trainRecipe(recipe, seed);
  }
}

const curves = recipes.map(({ name }) => ({
  name,
  records: readRecords(`${options.run}/seed-${options.seeds[0]}/${name}/metrics.jsonl`),
}));
const panel = (title: string, yLabel: string, key: string, scale = 1) => ({
  title,
  xLabel: 'epoch',
  yLabel,
  series: curves.map(({ name, records }) => curveOf(name, records, key, scale)),
});
const tests = Object.keys(optimizers).flatMap((name) => {
  const history = readRangeTest(name);
  return history === undefined ? [] : [{ name, history }];
});
const found = tests.map(
  ({ name, history }) => `${suggestLr(history, 'steepest').lr?.toPrecision(2)} for ${name}`,
);
await experiment.report(
  [
    ...tests.map(({ name, history }) => ({ ...rangePanel(history), title: `Range test, ${name}` })),
    panel('Training', 'cross-entropy', 'train.loss'),
    panel('Validation, top-1', '%', 'val.acc1', 100),
  ],
  found.length > 0 ? [`The range tests suggest rates of ${found.join(' and ')}.`] : [],
);
