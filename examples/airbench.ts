/**
 * 94 % on CIFAR-10 on a CPU: the network and the recipe of Keller Jordan's airbench94, which takes 9.9 epochs.
 *
 *   node --import tsx examples/airbench.ts --path FOLDER --seeds 1,2,3
 *
 * Killed at any moment and started again, it goes on after the last epoch. What is followed and what differs:
 * docs/experiments/airbench.md.
 */
import { CheckpointSaver } from '@loopwright/checkpoint';
import { jsonLines } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { MetricAggregator, MetricStream } from '@loopwright/metrics';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { LambdaLR } from '@loopwright/schedulers';
import { algorithms, autocast, batchNorm, compile, gelu, tf } from '@loopwright/tensorflow/portable';
import { normalize, openCifar10, trainingLoader } from './airbench/data.ts';
import { oneView, testImages } from './airbench/evaluate.ts';
import { lookAhead, slowCopies } from './airbench/look-ahead.ts';
import { airbenchOptimizer } from './airbench/optimizer.ts';
import { reportRuns, runSeeds } from './airbench/report.ts';
import { lookAheadDecay, triangle } from './airbench/schedules.ts';
import { startWhitening } from './airbench/start-whitening.ts';
import { Experiment } from './experiments/experiment.ts';
import { readOptions } from './experiments/options.ts';
import { Stopwatch } from './experiments/stopwatch.ts';
import { type AirbenchNet, airbenchNet } from './models/airbench-net.ts';

type Images = tf.Tensor4D;

const options = readOptions('airbench', {
  seeds: '1,2,3',
  epochs: 9.9,
  batch: 1024,
  width: 64,
  float32: false,
});
const experiment = new Experiment('airbench', options, { 'one view': undefined, 'six views': '94.01' });
const display = progressBars();
const data = openCifar10(options.path);
const test = testImages(data);
const widths = [options.width, 4 * options.width, 4 * options.width];

const WHITENING_BIAS_EPOCHS = 3;
const LABEL_SMOOTHING = 0.2;

/** Convolutions and products in bfloat16 where that is faster, unless they are to be float32. */
const reduced: typeof autocast = (fn, how) => (options.float32 ? fn : autocast(fn, how));

/** Trains a new network, or goes on with one, and returns it with the seconds that it took. */
async function train(seed: number): Promise<{ net: AirbenchNet; watch: Stopwatch }> {
  const folder = `${options.run}/seed-${seed}`;
  const net = airbenchNet({ tf, batchNorm, gelu }, { widths, seed });
  await startWhitening(net, data.train, normalize);
  const slow = slowCopies(net.variables);
  const loader = trainingLoader(data.train, options.batch, seed);
  const totalSteps = Math.ceil(options.epochs * loader.length);
  const optimizer = airbenchOptimizer(net, {
    rate: 11.5,
    decay: 0.0153,
    momentum: 0.85,
    batchSize: options.batch,
  });
  const scheduler = new LambdaLR(optimizer, { lrLambda: triangle(totalSteps) });
  const decayAt = lookAheadDecay(totalSteps);
  const progress = new ProgressTracker({ display });
  const watch = new Stopwatch();
  const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, { keepLast: 2 });
  const metrics = new MetricStream();
  metrics.subscribe(jsonLines(`${folder}/metrics.jsonl`));
  metrics.subscribe(display);

  const learn = reduced(
    (whitened: Images, labels: tf.Tensor1D) =>
      optimizer.minimize(() =>
        crossEntropy(net.apply(whitened, { training: true }), labels, {
          labelSmoothing: LABEL_SMOOTHING,
          reduction: 'sum',
        }),
      ),
    { dtype: 'bfloat16' },
  );
  const trainStep = compile((images: Images, labels: tf.Tensor1D) =>
    tf.div<tf.Scalar>(learn(net.whiten(images), labels), options.batch),
  );

  const run = { net: net.variables, slow, optimizer, scheduler, loader, progress, watch, algorithms };
  const from = await checkpoints.resume(run);
  for (const epoch of progress.epochs(Math.ceil(options.epochs), { from })) {
    net.variables['whiten.bias']!.trainable = epoch < WHITENING_BIAS_EPOCHS;
    const aggregator = new MetricAggregator();
    for await (const { images, labels } of progress.track(loader, { label: `seed ${seed}` })) {
      const loss = trainStep(images, labels);
      aggregator.update({ loss }, labels.size);
      loss.dispose();
      scheduler.step();
      const step = progress.totalIterations;
      if (step % 5 === 0) lookAhead(net.variables, slow, decayAt(step));
      if (step === totalSteps) {
        lookAhead(net.variables, slow, 1); // what is kept are the slow weights
        break;
      }
    }
    const summary = { ...(await aggregator.compute()), accuracy: await test.evaluate(oneView(net, reduced)) };
    metrics.next({ epoch, seconds: watch.seconds, ...summary });
    await checkpoints.save(epoch, run, summary);
  }
  metrics.complete();
  trainStep.dispose();
  loader.dispose();
  optimizer.dispose();
  tf.dispose(slow);
  return { net, watch };
}

await runSeeds(experiment, options, test, { reduce: reduced, train });
test.dispose();
await reportRuns(experiment, options);
