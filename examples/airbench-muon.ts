/**
 * 94 % on CIFAR-10 in eight epochs: airbench94's network, its filters trained by Muon, after K. Jordan's airbench94_muon.
 *
 *   node --import tsx examples/airbench-muon.ts --path FOLDER --seeds 1,2,3
 *
 * Killed at any moment and started again, it goes on after the last epoch. What is followed and what differs:
 * docs/experiments/airbench-muon.md.
 */
import { CheckpointSaver } from '@loopwright/checkpoint';
import { jsonLines } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { MetricAggregator, MetricStream } from '@loopwright/metrics';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { algorithms, autocast, batchNorm, compile, gelu, tf } from '@loopwright/tensorflow/portable';
import { normalize, openCifar10, trainingLoader } from './airbench/data.ts';
import { oneView, testImages } from './airbench/evaluate.ts';
import { muonOptimizer, normalizeFilters, scaleHead } from './airbench/muon-optimizer.ts';
import { reportRuns, runSeeds } from './airbench/report.ts';
import { startWhitening } from './airbench/start-whitening.ts';
import { Experiment } from './experiments/experiment.ts';
import { readOptions } from './experiments/options.ts';
import { Stopwatch } from './experiments/stopwatch.ts';
import { type AirbenchNet, airbenchNet } from './models/airbench-net.ts';

const options = readOptions('airbench-muon', { seeds: '1,2,3', epochs: 8, batch: 2000, width: 64 });
const experiment = new Experiment('airbench-muon', options, { 'one view': undefined, 'six views': '94.01' });
const display = progressBars();
const data = openCifar10(options.path);
const test = testImages(data);
const widths = [options.width, 4 * options.width, 4 * options.width];

const WHITENING_BIAS_EPOCHS = 3;
const LABEL_SMOOTHING = 0.2;

/** Trains a new network, or goes on with one, and returns it with the seconds that it took. */
async function train(seed: number): Promise<{ net: AirbenchNet; watch: Stopwatch }> {
  const folder = `${options.run}/seed-${seed}`;
  const net = airbenchNet({ tf, batchNorm, gelu }, { widths, logitScale: 1 / widths[2]!, seed });
  scaleHead(net);
  await startWhitening(net, data.train, normalize);
  const loader = trainingLoader(data.train, options.batch, seed);
  const totalSteps = Math.ceil(options.epochs * loader.length);
  const { optimizer, scheduler } = muonOptimizer(net, {
    batchSize: options.batch,
    totalSteps,
    whiteningSteps: WHITENING_BIAS_EPOCHS * loader.length,
  });
  const progress = new ProgressTracker({ display });
  const watch = new Stopwatch();
  const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, { keepLast: 2 });
  const metrics = new MetricStream();
  metrics.subscribe(jsonLines(`${folder}/metrics.jsonl`));
  metrics.subscribe(display);

  const learn = autocast(
    (whitened: tf.Tensor4D, labels: tf.Tensor1D) =>
      optimizer.minimize(() =>
        crossEntropy(net.apply(whitened, { training: true }), labels, {
          labelSmoothing: LABEL_SMOOTHING,
          reduction: 'sum',
        }),
      ),
    { dtype: 'bfloat16' },
  );
  const trainStep = compile((images: tf.Tensor4D, labels: tf.Tensor1D) =>
    tf.div<tf.Scalar>(learn(net.whiten(images), labels), options.batch),
  );

  const run = { net: net.variables, optimizer, scheduler, loader, progress, watch, algorithms };
  const from = await checkpoints.resume(run);
  for (const epoch of progress.epochs(Math.ceil(options.epochs), { from })) {
    net.variables['whiten.bias']!.trainable = epoch < WHITENING_BIAS_EPOCHS;
    const aggregator = new MetricAggregator();
    for await (const { images, labels } of progress.track(loader, { label: `seed ${seed}` })) {
      normalizeFilters(net);
      const loss = trainStep(images, labels);
      aggregator.update({ loss }, labels.size);
      loss.dispose();
      scheduler.step();
      if (progress.totalIterations === totalSteps) break;
    }
    const summary = {
      ...(await aggregator.compute()),
      accuracy: await test.evaluate(oneView(net, autocast)),
    };
    metrics.next({ epoch, seconds: watch.seconds, ...summary });
    await checkpoints.save(epoch, run, summary);
  }
  metrics.complete();
  trainStep.dispose();
  loader.dispose();
  optimizer.dispose();
  return { net, watch };
}

await runSeeds(experiment, options, test, { reduce: autocast, train });
test.dispose();
await reportRuns(experiment, options);
