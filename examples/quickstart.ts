/**
 * Milks the last drops of accuracy out of a weak model, on real data with 1,000 labels: a base model, stochastic
 * weight averaging (SWA), self-distillation from the averaged teacher, SWA of the student, test-time augmentation.
 *
 *   npm run quickstart
 *   npm run quickstart -- --data fashion-mnist --path FOLDER
 *   npm run quickstart -- --data cifar-10 --path FOLDER --labels 5000
 *
 * The loop in `trainStage` is the point: it is yours. Killed at any moment and started again, it goes on where it was;
 * Ctrl-C finishes the step and saves first.
 */
import { AveragedModel, updateBatchNorm } from '@loopwright/averaging';
import { CheckpointSaver } from '@loopwright/checkpoint';
import { DataLoader, type Dataset, type ImageSample } from '@loopwright/data';
import { distillationLoss, frozenTeacher } from '@loopwright/distillation';
import { stopRequest } from '@loopwright/guards';
import { jsonLines, runCard, tensorBoard } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { Accuracy, MetricAggregator, MetricStream } from '@loopwright/metrics';
import { AdamW } from '@loopwright/optimizers';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { OneCycleLR, SWALR } from '@loopwright/schedulers';
import {
  algorithms,
  compile,
  describeEnvironment,
  engine,
  environment,
  tf,
} from '@loopwright/tensorflow/portable';
import { testTimeAugment } from '@loopwright/tta';
import { Experiment } from './experiments/experiment.ts';
import { Stopwatch } from './experiments/stopwatch.ts';
import { smallConvNet } from './models/small-conv-net.ts';
import { openData } from './quickstart/open-data.ts';
import { readOptions } from './quickstart/options.ts';
import { drawCurves, resultTable } from './quickstart/report.ts';

type Model = ReturnType<typeof smallConvNet>;
type Images = tf.Tensor4D;
type Logits = tf.Tensor2D;

const options = readOptions(engine);
const data = openData(options);
const experiment = new Experiment('quickstart', options);
runCard(options.run, { options, seeds: options.seeds, engine: describeEnvironment() });
const display = progressBars();
const stop = stopRequest({ onRequest: (message) => display.log(message) });

const newModel = (seed: number) => smallConvNet(tf, { ...data, width: options.width, seed });
const newLoader = (seed: number) =>
  new DataLoader(data.train, { batchSize: options.batchSize, shuffle: true, seed });
const training = (model: Model, images: Images) => model.apply(images, { training: true }) as Logits;
const inference = (model: Model) => (images: Images) => model.predict(images) as Logits;

/** One stage of training: what changes from stage to stage. */
interface Stage {
  readonly name: string;
  readonly seed: number;
  readonly epochs: number;
  readonly model: Model;
  readonly optimizer: AdamW;
  readonly scheduler: OneCycleLR | SWALR;
  readonly averaged?: AveragedModel;
  readonly lossOf: (images: Images, labels: tf.Tensor1D) => tf.Scalar;
}

/** How long a stage was, what earlier processes did of it included. */
interface Trained {
  readonly epochs: number;
  readonly seconds: number;
}

/** The training loop, the same for every stage, and yours to change. Returns how long it was, in all. */
async function trainStage({
  name,
  seed,
  epochs,
  model,
  optimizer,
  scheduler,
  averaged,
  lossOf,
}: Stage): Promise<Trained> {
  const folder = `${options.run}/seed-${seed}/${name}`;
  const train = newLoader(seed);
  const progress = new ProgressTracker({ display });
  const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, { keepLast: 2 });
  const aggregator = new MetricAggregator();
  const stopwatch = new Stopwatch();
  const log = jsonLines(`${folder}/metrics.jsonl`, { existing: 'resume' });
  const board = tensorBoard(folder);
  const metrics = new MetricStream();
  for (const sink of [log, board, display]) metrics.subscribe(sink);

  const trainStep = compile((images: Images, labels: tf.Tensor1D) =>
    optimizer.minimize(() => lossOf(images, labels)),
  );

  const counts = { progress, aggregator, stopwatch, log, board, algorithms, environment };
  const run = { model, optimizer, scheduler, train, ...counts, ...(averaged && { averaged }) };
  await checkpoints.resume(run);
  for (const epoch of progress.epochs(epochs)) {
    for await (const { images, labels } of progress.track(train, { label: `${name}, seed ${seed}` })) {
      const loss = trainStep(images, labels);
      aggregator.update({ loss }, labels.size);
      loss.dispose();
      scheduler.step();
      if (stop.requested) {
        await checkpoints.save(epoch, run);
        await checkpoints.close();
        stop.exit();
      }
    }
    averaged?.updateAt(epoch);
    const accuracy = await evaluate(inference(model), data.validation);
    const summary = { ...(await aggregator.compute()), accuracy, learningRate: scheduler.getLastLr()[0]! };
    metrics.next({ epoch, seconds: stopwatch.seconds, ...summary });
    await checkpoints.save(epoch, run, summary);
  }
  await checkpoints.close();
  metrics.complete();
  trainStep.dispose();
  return { epochs, seconds: stopwatch.seconds };
}

/** Averages the weights of a trained model as it walks on at a higher rate, and gives it the average. */
async function average(name: string, model: Model, seed: number): Promise<Trained> {
  const epochs = Math.ceil(options.epochs / 2) + 2;
  const optimizer = new AdamW(model, { learningRate: 1e-4 });
  const scheduler = new SWALR(optimizer, { swaLr: 1e-2, annealEpochs: 2 * newLoader(seed).length });
  const averaged = new AveragedModel(model, { start: Math.min(2, epochs - 1) });
  const lossOf = (images: Images, labels: tf.Tensor1D) => crossEntropy(training(model, images), labels);
  const trained = await trainStage({ name, seed, epochs, model, optimizer, scheduler, averaged, lossOf });

  const started = performance.now();
  averaged.copyTo(model);
  await updateBatchNorm(model, newLoader(seed));
  optimizer.dispose();
  averaged.dispose();
  return { epochs, seconds: trained.seconds + (performance.now() - started) / 1000 };
}

/** Trains a new model at one-cycle rates. */
async function trainNew(
  name: string,
  model: Model,
  seed: number,
  epochs: number,
  lossOf: Stage['lossOf'],
): Promise<Trained> {
  const optimizer = new AdamW(model, { learningRate: 1e-3, weightDecay: 0.05 });
  const totalSteps = epochs * newLoader(seed).length;
  const scheduler = new OneCycleLR(optimizer, { maxLr: 1e-2, totalSteps, pctStart: 0.2 });
  const trained = await trainStage({ name, seed, epochs, model, optimizer, scheduler, lossOf });
  optimizer.dispose();
  return trained;
}

/** The fraction of images that are classified rightly. */
async function evaluate(predict: (images: Images) => Logits, dataset: Dataset<ImageSample>): Promise<number> {
  const compiled = compile(predict);
  const accuracy = new Accuracy();
  for await (const { images, labels } of new DataLoader(dataset, { batchSize: 500 })) {
    tf.tidy(() => accuracy.update(compiled(images), labels));
  }
  const result = await accuracy.compute();
  accuracy.dispose();
  compiled.dispose();
  return result;
}

for (const seed of options.seeds) {
  if (experiment.has('TTA', seed)) continue;
  const score = async (stage: string, trained: Trained, predict: (images: Images) => Logits) => {
    const started = performance.now();
    const value = await evaluate(predict, data.test);
    const seconds = trained.seconds + (performance.now() - started) / 1000;
    experiment.record({ stage, seed, value, epochs: trained.epochs, seconds });
  };

  const model = newModel(seed);
  const base = await trainNew('base', model, seed, options.epochs, (images, labels) =>
    crossEntropy(training(model, images), labels),
  );
  await score('base', base, inference(model));

  await score('SWA', await average('SWA', model, seed), inference(model));

  const teacher = frozenTeacher(model);
  const student = newModel(100 + seed);
  const distilled = await trainNew('distilled', student, seed, 2 * options.epochs, (images, labels) =>
    distillationLoss(
      { studentLogits: training(student, images), teacherLogits: teacher(images), labels },
      { temperature: 2, alpha: 0.5 },
    ),
  );
  await score('distilled', distilled, inference(student));

  await score('distilled + SWA', await average('distilled + SWA', student, seed), inference(student));

  const augmented = testTimeAugment(inference(student), { views: data.views, merge: 'mean', on: 'logits' });
  await score('TTA', { epochs: 0, seconds: 0 }, augmented);

  model.dispose();
  student.dispose();
}

console.log(resultTable(experiment.results));
console.log(`curves: ${await drawCurves(options, experiment.results)}`);
