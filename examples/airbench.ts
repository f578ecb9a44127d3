/**
 * 94 % on CIFAR-10 on a CPU: the network and the recipe of Keller Jordan's airbench94, which takes 9.9 epochs.
 *
 *   node --import tsx examples/airbench.ts --path FOLDER --seeds 1,2,3
 *
 * Killed at any moment and started again, it goes on after the last epoch. What is followed and what differs:
 * docs/experiments/airbench.md.
 */
import { CheckpointSaver } from '@loopwright/checkpoint';
import { batchTransforms, Cifar10, InMemoryLoader, transforms } from '@loopwright/data';
import { jsonLines } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { Accuracy, MetricAggregator, MetricStream } from '@loopwright/metrics';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { LambdaLR } from '@loopwright/schedulers';
import { algorithms, autocast, batchNorm, compile, gelu, tf } from '@loopwright/tensorflow/portable';
import { testTimeAugment, views } from '@loopwright/tta';
import { lookAhead, slowCopies } from './airbench/look-ahead.ts';
import { airbenchOptimizer } from './airbench/optimizer.ts';
import { lookAheadDecay, triangle } from './airbench/schedules.ts';
import { startWhitening } from './airbench/start-whitening.ts';
import { Experiment } from './experiments/experiment.ts';
import { readOptions } from './experiments/options.ts';
import { curveOf, readRecords } from './experiments/records.ts';
import { Stopwatch } from './experiments/stopwatch.ts';
import { type AirbenchNet, airbenchNet } from './models/airbench-net.ts';

type Images = tf.Tensor4D;
type Logits = tf.Tensor2D;

const options = readOptions('airbench', {
  seeds: '1,2,3',
  epochs: 9.9,
  batch: 1024,
  width: 64,
  float32: false,
});
const experiment = new Experiment('airbench', options, { 'one view': undefined, 'six views': '94.01' });
const display = progressBars();
const data = { train: new Cifar10(options.path), test: new Cifar10(options.path, { train: false }) };
const { cifar10: normalize } = transforms.statistics;
const widths = [options.width, 4 * options.width, 4 * options.width];

const WHITENING_BIAS_EPOCHS = 3;
const LABEL_SMOOTHING = 0.2;

/** Convolutions and products in bfloat16 where that is faster, unless they are to be float32. */
const reduced: typeof autocast = (fn, how) => (options.float32 ? fn : autocast(fn, how));

function newLoader(seed: number): InMemoryLoader {
  return new InMemoryLoader(data.train, {
    batchSize: options.batch,
    shuffle: true,
    dropLast: true,
    seed,
    normalize,
    augment: (images, { stream, places }) =>
      batchTransforms.randomCrop(batchTransforms.alternatingFlip(images, { places, seed }), {
        stream,
        padding: 2,
        paddingMode: 'reflect',
      }),
  });
}

/** Trains a new network, or goes on with one, and returns it with the seconds that it took. */
async function train(seed: number): Promise<{ net: AirbenchNet; watch: Stopwatch }> {
  const folder = `${options.run}/seed-${seed}`;
  const net = airbenchNet({ tf, batchNorm, gelu }, { widths, seed });
  await startWhitening(net, data.train, normalize);
  const slow = slowCopies(net.variables);
  const loader = newLoader(seed);
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
    const summary = { ...(await aggregator.compute()), accuracy: await evaluate(inference(net)) };
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

function inference(net: AirbenchNet): (images: Images) => Logits {
  const classify = reduced((whitened: Images) => net.apply(whitened, { training: false }), {
    dtype: 'bfloat16',
  });
  return (images) => tf.tidy(() => classify(net.whiten(images)));
}

const test = new InMemoryLoader(data.test, { batchSize: 1000, normalize });

/** The fraction of test images that are classified rightly. */
async function evaluate(predict: (images: Images) => Logits): Promise<number> {
  const compiled = compile(predict);
  const accuracy = new Accuracy();
  for await (const { images, labels } of test) tf.tidy(() => accuracy.update(compiled(images), labels));
  const result = await accuracy.compute();
  accuracy.dispose();
  compiled.dispose();
  return result;
}

for (const seed of options.seeds) {
  if (experiment.has('six views', seed)) continue;
  const { net, watch } = await train(seed);
  const record = async (stage: string, predict: (images: Images) => Logits) =>
    experiment.record({
      stage,
      seed,
      value: await evaluate(predict),
      epochs: options.epochs,
      seconds: watch.seconds,
    });
  await record('one view', inference(net));
  await record(
    'six views',
    testTimeAugment(inference(net), { views: views.airbench, merge: 'mean', on: 'logits' }),
  );
  net.dispose();
}
test.dispose();

const records = options.seeds.map((seed) => readRecords(`${options.run}/seed-${seed}/metrics.jsonl`));
await experiment.report([
  {
    title: 'Training loss',
    xLabel: 'epoch',
    series: records.map((of, index) => curveOf(`seed ${options.seeds[index]}`, of, 'loss')),
  },
  {
    title: 'Test accuracy, one view, %',
    xLabel: 'epoch',
    series: records.map((of, index) => curveOf(`seed ${options.seeds[index]}`, of, 'accuracy', 100)),
  },
]);
