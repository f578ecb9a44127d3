/**
 * CIFAR-100 with at most a million weights in at most an hour, training and evaluation together: SmallNet as its author
 * trained it, and what the toolkit makes of the same two limits.
 *
 *   node --import tsx examples/cifar100-small-net.ts --path FOLDER
 *   node --import tsx examples/cifar100-small-net.ts --path FOLDER --recipe improved
 *
 * A tenth of the training images is for validation; the test images are looked at once, at the end. Killed at any moment
 * and started again, it goes on after the last epoch, and the hour with it.
 */
import { CheckpointSaver } from '@loopwright/checkpoint';
import { Cifar100, InMemoryLoader, randomSplit } from '@loopwright/data';
import { jsonLines } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { Accuracy, Mean, MetricAggregator, MetricStream } from '@loopwright/metrics';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { algorithms, tf } from '@loopwright/tensorflow/portable';
import { improvedRecipe } from './cifar100/improved.ts';
import { originalRecipe } from './cifar100/original.ts';
import type { Images, Logits } from './cifar100/recipe.ts';
import { Experiment } from './experiments/experiment.ts';
import { readOptions } from './experiments/options.ts';
import { curveOf, readRecords } from './experiments/records.ts';
import { Stopwatch } from './experiments/stopwatch.ts';

const MOST_WEIGHTS = 1_000_000;
/** With the epochs that were planned; the clock may end them before. */
const recipes = {
  original: { make: originalRecipe, epochs: 60 },
  improved: { make: improvedRecipe, epochs: 70 },
};
type RecipeName = keyof typeof recipes;

const { recipe: wanted, ...options } = readOptions('cifar100-small-net', {
  recipe: 'original,improved',
  minutes: 60,
  epochs: 0,
  width: 64,
  batch: 512,
});
const names = wanted.split(',').map((name) => {
  if (!Object.hasOwn(recipes, name)) throw new Error(`--recipe must be original or improved, got ${name}`);
  return name as RecipeName;
});
const experiment = new Experiment('cifar100-small-net', options, { original: '50.48' });
const display = progressBars();
const folderOf = (name: RecipeName, seed: number) => `${options.run}/${name}/seed-${seed}`;

/** Trains until the epochs or the minutes are over, and looks at the test images. */
async function run(name: RecipeName, seed: number): Promise<void> {
  const watch = new Stopwatch();
  const all = new Cifar100(options.path);
  const tenth = Math.floor(0.1 * all.length);
  const [train, rest] = randomSplit(all, [all.length - tenth, tenth], { seed });
  const validation = new InMemoryLoader(rest, { batchSize: 1000 });
  const epochs = options.epochs === 0 ? recipes[name].epochs : options.epochs;
  const recipe = await recipes[name].make(train, { ...options, seed, epochs });
  if (recipe.weights > MOST_WEIGHTS) throw new Error(`${recipe.weights} weights are too many`);

  const progress = new ProgressTracker({ display });
  const checkpoints = new CheckpointSaver(`${folderOf(name, seed)}/checkpoints`, { keepLast: 2 });
  const metrics = new MetricStream();
  metrics.subscribe(jsonLines(`${folderOf(name, seed)}/metrics.jsonl`));
  metrics.subscribe(display);

  const parts = { ...recipe.parts, loader: recipe.loader, progress, watch, algorithms };
  const from = await checkpoints.resume(parts);
  let trained = from;
  for (const epoch of progress.epochs(epochs, { from })) {
    // Is there time for an epoch more, and for the test in as long as another one takes?
    if (epoch > 0 && (watch.seconds * (epoch + 2)) / epoch > 60 * options.minutes) break;
    recipe.epochStarts(epoch);
    const aggregator = new MetricAggregator();
    for await (const { images, labels } of progress.track(recipe.loader, {
      label: `${name}, seed ${seed}`,
    })) {
      const loss = recipe.step(images, labels, progress.totalIterations);
      aggregator.update({ loss }, labels.size);
      loss.dispose();
    }
    const learningRate = recipe.learningRate();
    recipe.epochEnds();
    const summary = { ...(await aggregator.compute()), ...(await evaluate(recipe.predict, validation)) };
    metrics.next({ epoch, seconds: watch.seconds, learningRate, ...summary });
    await checkpoints.save(epoch, parts, summary);
    trained = epoch + 1;
  }
  metrics.complete();

  const record = async (metric: string, images: InMemoryLoader) => {
    const { accuracy } = await evaluate(recipe.predictAtLast, images);
    experiment.record({
      stage: name,
      seed,
      metric,
      value: accuracy!,
      epochs: trained,
      seconds: watch.seconds,
    });
    images.dispose();
  };
  await record('validation accuracy', validation);
  await record(
    'accuracy',
    new InMemoryLoader(new Cifar100(options.path, { train: false }), { batchSize: 1000 }),
  );
  recipe.dispose();
}

/** Mean loss, and the fraction of images that are classified rightly. */
async function evaluate(predict: (images: Images) => Logits, loader: InMemoryLoader) {
  const [loss, accuracy] = [new Mean(), new Accuracy()];
  for await (const { images, labels } of loader) {
    tf.tidy(() => {
      const logits = predict(images);
      loss.update(crossEntropy(logits, labels), labels.size);
      accuracy.update(logits, labels);
    });
  }
  const result = { validationLoss: await loss.compute(), accuracy: await accuracy.compute() };
  loss.dispose();
  accuracy.dispose();
  return result;
}

for (const name of names) {
  for (const seed of options.seeds) if (!experiment.has(name, seed)) await run(name, seed);
}

const runs = names.flatMap((name) =>
  options.seeds.map((seed) => ({
    name: options.seeds.length === 1 ? name : `${name}, seed ${seed}`,
    records: readRecords(`${folderOf(name, seed)}/metrics.jsonl`),
  })),
);
await experiment.report([
  {
    title: 'Loss',
    xLabel: 'epoch',
    series: runs.flatMap(({ name, records }) => [
      curveOf(`${name}, training`, records, 'loss'),
      curveOf(`${name}, validation`, records, 'validationLoss'),
    ]),
  },
  {
    title: 'Validation accuracy, %',
    xLabel: 'epoch',
    series: runs.map(({ name, records }) => curveOf(name, records, 'accuracy', 100)),
  },
]);
