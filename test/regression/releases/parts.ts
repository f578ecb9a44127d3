/** One of every kind of part that a run can have, each brought to where its state says something. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AveragedModel, type AveragedModelOptions } from '@loopwright/averaging';
import type { Run } from '@loopwright/checkpoint';
import { namedVariables, RandomStream } from '@loopwright/core';
import { DataLoader, ImageArrayDataset, InMemoryLoader } from '@loopwright/data';
import { FiniteGuard, LossSpikes } from '@loopwright/guards';
import { csv, type FileSink, jsonLines, tensorBoard } from '@loopwright/logging';
import * as metrics from '@loopwright/metrics';
import {
  Adam,
  AdamW,
  GradientAccumulator,
  JointOptimizer,
  Lookahead,
  Muon,
  type Optimizer,
  RAdam,
  Ranger,
  RMSprop,
  SGD,
} from '@loopwright/optimizers';
import { ProgressTracker } from '@loopwright/progress';
import * as schedulers from '@loopwright/schedulers';
import { algorithms, environment, random, tf } from '@loopwright/tensorflow';

/** Parts that belong together, and what can be seen of them. */
export interface Subject {
  readonly parts: Run;
  /** Goes on by one step. */
  readonly advance: (step: number) => unknown;
  /** What it has come to, in numbers and texts. */
  readonly observe: () => unknown;
  readonly dispose?: () => unknown;
  /** Makes what a state takes for granted and does not hold: a log's file. */
  readonly provide?: () => void;
}

/** How many steps a part had done when it was saved, and how many it does before it is looked at. */
export const SAVED_AFTER = 5;
export const SEEN_AFTER = 7;

type Weights = Record<string, tf.Variable>;

const makeKernel = (): Weights => ({
  'head/kernel': tf.tidy(() =>
    tf.variable(
      tf.tensor2d([
        [1, -2],
        [3, 0.5],
      ]),
    ),
  ),
});
const makeWeights = (): Weights => ({
  ...makeKernel(),
  'head/bias': tf.tidy(() => tf.variable(tf.tensor1d([0.1, -0.1]))),
});
const read = (weights: Weights) => Object.values(weights).map((weight) => [...weight.dataSync()]);
const gradients = (weights: Weights, step: number) =>
  Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [
      name,
      tf.addN([tf.sin(weight), tf.fill(weight.shape, step)]),
    ]),
  );

function optimizer(make: (weights: Weights) => Optimizer, from = makeWeights): () => Subject {
  return () => {
    const weights = from();
    const optimizer = make(weights);
    return {
      parts: { weights, optimizer },
      advance: (step) => tf.tidy(() => optimizer.step(gradients(weights, step))),
      observe: () => read(weights),
      dispose: () => {
        optimizer.dispose();
        tf.dispose(weights);
      },
    };
  };
}

function scheduler(make: (optimizer: SGD) => schedulers.LRScheduler): () => Subject {
  return () => {
    const weights = makeWeights();
    const optimizer = new SGD(weights, { learningRate: 0.1, momentum: 0.9 });
    const scheduler = make(optimizer);
    return {
      parts: { optimizer, scheduler },
      advance: (step) => scheduler.step(Math.cos(step)),
      observe: () => [scheduler.getLastLr(), optimizer.paramGroups[0]?.momentum],
      dispose: () => {
        optimizer.dispose();
        tf.dispose(weights);
      },
    };
  };
}

function average(options: AveragedModelOptions): () => Subject {
  return () => {
    const weights = makeWeights();
    const averaged = new AveragedModel(weights, options);
    return {
      parts: { weights, averaged },
      advance: (step) =>
        tf.tidy(() => {
          for (const weight of Object.values(weights)) weight.assign(tf.fill(weight.shape, Math.sin(step)));
          averaged.updateParameters();
        }),
      observe: () => [averaged.nAveraged, averaged.using(() => read(weights))],
      dispose: () => {
        averaged.dispose();
        tf.dispose(weights);
      },
    };
  };
}

/** A metric of 3 classes. */
function metric(make: () => metrics.Metric<[tf.Tensor2D, tf.Tensor1D], unknown>): () => Subject {
  return () => {
    const metric = make();
    return {
      parts: { metric },
      advance: (step) =>
        tf.tidy(() => {
          const logits = tf.sin(tf.range(step, step + 12)).reshape([4, 3]) as tf.Tensor2D;
          metric.update(logits, tf.tensor1d([0, 1, 2, step % 3], 'int32'));
        }),
      observe: () => metric.compute(),
      dispose: () => metric.dispose(),
    };
  };
}

/** What writes a file: a state tells how much of it counts. */
function sink(make: (path: string) => FileSink): () => Subject {
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'loopwright-sink-'));
    const path = join(folder, 'records');
    const sink = make(path);
    const write = (step: number) => sink.next({ step, 'train.loss': Math.sin(step) });
    return {
      parts: { sink },
      advance: write,
      observe: () => readFileSync(path, 'utf8'),
      provide: () => {
        for (let step = 0; step <= SAVED_AFTER; step++) write(step);
      },
      dispose: () => {
        sink.close();
        rmSync(folder, { recursive: true });
      },
    };
  };
}

/** It leaves marks where it was resumed, so nothing is said but that it can be. */
function board(): Subject {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-board-'));
  const board = tensorBoard(folder);
  return {
    parts: { board },
    advance: (step) => board.next({ step, 'train.loss': Math.sin(step) }),
    observe: () => 'resumed',
    dispose: () => {
      board.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const images = () =>
  new ImageArrayDataset({
    pixels: Uint8Array.from({ length: 10 * 2 * 2 }, (_, i) => 6 * i),
    labels: Uint8Array.from({ length: 10 }, (_, i) => i),
    height: 2,
    width: 2,
    channels: 1,
    classNames: [...'abcdefghij'],
  });

/** A loader in the middle of its second epoch; what is seen is the order of what is left of it and of the next. */
function loader(make: () => DataLoader | InMemoryLoader): () => Subject {
  return () => {
    const loader = make();
    const seen: number[][] = [];
    const take = async (count: number) => {
      const end = seen.length + count;
      for await (const { images, labels } of loader) {
        seen.push([...labels.dataSync()]);
        tf.dispose([images, labels]);
        if (seen.length === end) break;
      }
    };
    return {
      parts: { loader },
      advance: async (step) => {
        if (step === 0) await take(5);
        if (step === 1) await take(2);
        if (step === 5) await take(5);
      },
      observe: async () => {
        await take(5);
        return seen.slice(-4);
      },
      dispose: () => loader instanceof InMemoryLoader && loader.dispose(),
    };
  };
}

function model(): Subject {
  const { dense, batchNormalization } = tf.layers;
  const layers = [
    dense({ name: 'hidden', units: 3, inputShape: [4], kernelInitializer: 'ones' }),
    batchNormalization({ name: 'norm' }),
  ];
  const model = tf.sequential({ layers });
  return {
    parts: { model },
    advance: (step) =>
      tf.tidy(() => {
        for (const [name, weight] of Object.entries(namedVariables(model))) {
          weight.assign(tf.fill(weight.shape, 1 + Math.cos(step + name.length) / 2));
        }
      }),
    observe: () => tf.tidy(() => [...(model.predict(tf.ones([1, 4])) as tf.Tensor).dataSync()]),
    dispose: () => void model.dispose(),
  };
}

function accumulator(): Subject {
  const weights = makeWeights();
  const accumulator = new GradientAccumulator(weights, { steps: 3 });
  const taken: number[][] = [];
  return {
    parts: { accumulator },
    advance: (step) =>
      tf.tidy(() => {
        accumulator.add(gradients(weights, step), step + 1);
        if (accumulator.ready)
          taken.push([...(Object.values(accumulator.take())[0] as tf.Tensor).dataSync()]);
      }),
    observe: () => taken.at(-1),
    dispose: () => {
      accumulator.dispose();
      tf.dispose(weights);
    },
  };
}

function earlyStopping(): Subject {
  const weights = makeWeights();
  const stopping = new metrics.EarlyStopping({ metric: 'loss', mode: 'min', patience: 5, model: weights });
  return {
    parts: { weights, stopping },
    advance: (step) => {
      tf.tidy(() => weights['head/bias']?.assign(tf.fill([2], step)));
      stopping.update({ epoch: step, loss: Math.cos(step) });
    },
    observe: () => [stopping.best, stopping.bestEpoch, stopping.stopped],
    dispose: () => tf.dispose(weights),
  };
}

function aggregator(): Subject {
  const aggregator = new metrics.MetricAggregator();
  return {
    parts: { aggregator },
    advance: (step) =>
      tf.tidy(() => void aggregator.update({ loss: tf.scalar(Math.sin(step)), rate: step }, 1 + step)),
    observe: () => aggregator.compute(),
    dispose: () => aggregator.dispose(),
  };
}

function mean(): Subject {
  const mean = new metrics.Mean();
  return {
    parts: { mean },
    advance: (step) => tf.tidy(() => mean.update(tf.scalar(Math.sin(step)), step + 1)),
    observe: () => mean.compute(),
    dispose: () => mean.dispose(),
  };
}

function progress(): Subject {
  const progress = new ProgressTracker();
  return {
    parts: { progress },
    advance: (step) => {
      for (const epoch of progress.epochs(100)) {
        for (const item of progress.track([epoch, step])) if (item < 0) break;
        break;
      }
    },
    observe: () => [progress.totalIterations, progress.epoch, progress.iterationsInEpoch, progress.nextEpoch],
  };
}

function condition(make: () => metrics.HistoryCondition | metrics.Improvement): () => Subject {
  return () => {
    const condition = make();
    const outcomes: unknown[] = [];
    return {
      parts: { condition },
      advance: (step) => outcomes.push(condition.update({ loss: Math.cos(step) })),
      observe: () => outcomes.slice(-2),
    };
  };
}

function stream(): Subject {
  const stream = new RandomStream('release', 7);
  return {
    parts: { stream },
    advance: () => stream.normal(),
    observe: () => [stream.uniform(), stream.normal(), stream.integer(1000)],
  };
}

/** The engine's own source of random numbers; what it gives is the seeds of ops. */
function engineRandom(): Subject {
  return {
    parts: { random },
    advance: (step) => (step === 0 ? random.seed(7) : random.opSeed(step % 2 || undefined).dispose()),
    observe: () => tf.tidy(() => [1, undefined].map((seed) => [...random.opSeed(seed).dataSync()])),
  };
}

function choices(): Subject {
  const choices = { 'a call': { algorithm: 'native', milliseconds: 1.5 } };
  const before = algorithms.stateDict();
  return {
    parts: { algorithms },
    advance: (step) => step === 0 && algorithms.loadStateDict({ version: 1, choices }),
    observe: () => algorithms.stateDict().choices,
    dispose: () => algorithms.loadStateDict(before),
  };
}

/** Where it was first computed. */
function place(): Subject {
  return { parts: { environment }, advance: () => undefined, observe: () => environment.history[0] };
}

/** It has skipped one step of those that the state knows. */
function guard(): Subject {
  const weights = makeWeights();
  const guard = new FiniteGuard(new SGD(weights, { learningRate: 0.1, momentum: 0.9 }));
  return {
    parts: { weights, guard },
    advance: (step) =>
      tf.tidy(() => {
        const poison = step === 3 ? Number.NaN : 1;
        guard.step({ ...gradients(weights, step), 'head/bias': tf.fill([2], poison) });
      }),
    observe: () => [guard.skipped, read(weights)],
    dispose: () => {
      guard.dispose();
      tf.dispose(weights);
    },
  };
}

function spikes(): Subject {
  const spikes = new LossSpikes({ warmUp: 2, before: 0, after: 1 });
  const found: unknown[] = [];
  return {
    parts: { spikes },
    advance: (step) =>
      found.push(spikes.update(step, step % 3 === 2 ? 50 : 1 + step / 100)?.iteration ?? null),
    observe: () => [found.slice(-2), spikes.skips(2), spikes.skips(6)],
  };
}

const classes = 3;

/** By name; a new kind of part is one row. */
export const subjects: Readonly<Record<string, () => Subject>> = {
  model,
  stream,
  engineRandom,
  algorithms: choices,
  environment: place,
  progress,
  SGD: optimizer((weights) => new SGD(weights, { learningRate: 0.1, momentum: 0.9, nesterov: true })),
  Adam: optimizer((weights) => new Adam(weights, { learningRate: 0.1, amsgrad: true })),
  AdamW: optimizer((weights) => new AdamW(weights, { learningRate: 0.1, weightDecay: 0.1 })),
  RAdam: optimizer((weights) => new RAdam(weights, { learningRate: 0.1, beta2: 0.95 })),
  RMSprop: optimizer(
    (weights) => new RMSprop(weights, { learningRate: 0.02, momentum: 0.5, centered: true }),
  ),
  Muon: optimizer((weights) => new Muon(weights, { learningRate: 0.02 }), makeKernel),
  JointOptimizer: optimizer(
    ({ 'head/kernel': kernel, 'head/bias': bias }) =>
      new JointOptimizer([
        new SGD({ 'head/kernel': kernel as tf.Variable }, { learningRate: 0.1, momentum: 0.9 }),
        new AdamW({ 'head/bias': bias as tf.Variable }),
      ]),
  ),
  Lookahead: optimizer(
    (weights) => new Lookahead(new SGD(weights, { learningRate: 0.1 }), { k: 3, alpha: 0.4 }),
  ),
  Ranger: optimizer((weights) => new Ranger(weights, { learningRate: 0.1, k: 3 })),
  GradientAccumulator: accumulator,
  FiniteGuard: guard,
  LossSpikes: spikes,
  LambdaLR: scheduler((optimizer) => new schedulers.LambdaLR(optimizer, { lrLambda: (step) => 0.9 ** step })),
  MultiplicativeLR: scheduler(
    (optimizer) => new schedulers.MultiplicativeLR(optimizer, { lrLambda: (step) => 1 - step / 100 }),
  ),
  StepLR: scheduler((optimizer) => new schedulers.StepLR(optimizer, { stepSize: 3, gamma: 0.5 })),
  MultiStepLR: scheduler((optimizer) => new schedulers.MultiStepLR(optimizer, { milestones: [2, 6] })),
  ConstantLR: scheduler((optimizer) => new schedulers.ConstantLR(optimizer, { factor: 0.5, totalIters: 6 })),
  LinearLR: scheduler((optimizer) => new schedulers.LinearLR(optimizer, { totalIters: 9 })),
  ExponentialLR: scheduler((optimizer) => new schedulers.ExponentialLR(optimizer, { gamma: 0.9 })),
  PolynomialLR: scheduler((optimizer) => new schedulers.PolynomialLR(optimizer, { totalIters: 9, power: 2 })),
  CosineAnnealingLR: scheduler((optimizer) => new schedulers.CosineAnnealingLR(optimizer, { tMax: 9 })),
  CosineAnnealingWarmRestarts: scheduler(
    (optimizer) => new schedulers.CosineAnnealingWarmRestarts(optimizer, { t0: 2, tMult: 2 }),
  ),
  CyclicLR: scheduler(
    (optimizer) => new schedulers.CyclicLR(optimizer, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 3 }),
  ),
  OneCycleLR: scheduler((optimizer) => new schedulers.OneCycleLR(optimizer, { maxLr: 0.3, totalSteps: 20 })),
  ReduceLROnPlateau: scheduler(
    (optimizer) => new schedulers.ReduceLROnPlateau(optimizer, { patience: 1, cooldown: 1, factor: 0.5 }),
  ),
  SWALR: scheduler((optimizer) => new schedulers.SWALR(optimizer, { swaLr: 0.05, annealEpochs: 9 })),
  FlatCosLR: scheduler((optimizer) => new schedulers.FlatCosLR(optimizer, { totalSteps: 12, pctStart: 0.3 })),
  SequentialLR: scheduler(
    (optimizer) =>
      new schedulers.SequentialLR(optimizer, {
        schedulers: [
          new schedulers.LinearLR(optimizer, { totalIters: 3 }),
          new schedulers.CosineAnnealingLR(optimizer, { tMax: 9 }),
        ],
        milestones: [3],
      }),
  ),
  ChainedScheduler: scheduler(
    (optimizer) =>
      new schedulers.ChainedScheduler([
        new schedulers.LinearLR(optimizer, { totalIters: 3 }),
        new schedulers.ExponentialLR(optimizer, { gamma: 0.9 }),
      ]),
  ),
  'AveragedModel, SWA': average({ average: 'swa' }),
  'AveragedModel, EMA': average({ average: { ema: 0.9 } }),
  DataLoader: loader(() => new DataLoader(images(), { batchSize: 2, shuffle: true, seed: 3 })),
  InMemoryLoader: loader(() => new InMemoryLoader(images(), { batchSize: 2, shuffle: true, seed: 3 })),
  Mean: mean,
  Accuracy: metric(() => new metrics.Accuracy()),
  SmoothedAccuracy: metric(() => new metrics.SmoothedAccuracy()),
  ConfusionMatrix: metric(() => new metrics.ConfusionMatrix({ classes })),
  Precision: metric(() => new metrics.Precision({ classes })),
  Recall: metric(() => new metrics.Recall({ classes, average: 'none' })),
  F1: metric(() => new metrics.F1({ classes, average: 'weighted' })),
  JaccardIndex: metric(() => new metrics.JaccardIndex({ classes, ignoreIndex: 0 })),
  AUROC: metric(() => new metrics.AUROC({ classes, thresholds: 11 })),
  CalibrationError: metric(() => new metrics.CalibrationError()),
  MetricAggregator: aggregator,
  EarlyStopping: earlyStopping,
  HistoryCondition: condition(
    () => new metrics.HistoryCondition('loss', (values: readonly number[]) => values.length > 3, { last: 5 }),
  ),
  Improvement: condition(() => metrics.improved('loss', 'min', { minDelta: 0.1 })),
  jsonLines: sink((path) => jsonLines(path, { existing: 'resume' })),
  csv: sink((path) => csv(path, { existing: 'resume' })),
  tensorBoard: board,
};
