/**
 * What helpers cost a loop: epochs of 390 steps (50,000 images in batches of 128) that do nothing but hand out a loss and
 * logits, with the helpers that `--with` names.
 * @packageDocumentation
 */
import { mkdirSync, rmSync } from 'node:fs';
import { AveragedModel } from '@loopwright/averaging';
import { jsonLines } from '@loopwright/logging';
import { every, MetricAggregator, MetricStream, topKAccuracy } from '@loopwright/metrics';
import { AdamW } from '@loopwright/optimizers';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { OneCycleLR } from '@loopwright/schedulers';
import { tf } from '@loopwright/tensorflow';
import { readFlags } from './flags.ts';
import { measure } from './measure.ts';
import { makeBatch, makeModel, trainableWeights } from './subjects.ts';

const STEPS = 390;
const BATCH = 128;
/** Steps between two lines in the log. */
const LOG_EVERY = 50;

const { with: wanted, folder, seconds } = readFlags({ with: 'nothing', folder: 'runs/bench', seconds: 5 });
const helpers = wanted.split(',');
const has = (name: string) => helpers.includes(name) || wanted === 'all';

const model = makeModel('resnet18', 32);
const { labels } = makeBatch('resnet18', BATCH, 32);
const loss = tf.scalar(0.5);
const logits: tf.Tensor2D = tf.randomNormal([BATCH, 10]);
const batches = Array.from({ length: STEPS }, () => labels);

const optimizer = new AdamW(model, { learningRate: 1e-3 });
const scheduler = has('scheduler')
  ? new OneCycleLR(optimizer, { maxLr: 1e-2, totalSteps: 1_000_000_000 })
  : undefined;
const averaged = has('averaging') ? new AveragedModel(model) : undefined;
const screen = { write: () => true, isTTY: true, columns: 100, rows: 24 };
const display = has('progress') ? progressBars({ mode: 'bars', stream: screen }) : undefined;
const progress = display && new ProgressTracker({ display });
const metrics = has('metrics') || has('logging') ? new MetricStream() : undefined;
if (display !== undefined) metrics?.subscribe(display);
if (has('logging')) {
  const path = `${folder}/overhead.jsonl`;
  mkdirSync(folder, { recursive: true });
  rmSync(path, { force: true });
  const log = jsonLines(path);
  metrics?.pipe(every(LOG_EVERY, { except: (record) => 'epoch' in record })).subscribe(log);
}

let epochs = 0;
await measure({ step: epoch, stepsPerCall: STEPS, seconds, weights: trainableWeights(model) });
metrics?.complete();

async function epoch(): Promise<undefined> {
  const aggregator = has('metrics') ? new MetricAggregator() : undefined;
  for (const targets of progress?.track(batches) ?? batches) {
    const record = {
      'train.loss': tf.clone(loss),
      ...(aggregator && { 'train.accuracy': topKAccuracy(logits, targets) }),
    };
    aggregator?.update(record, BATCH);
    metrics?.next(record);
    tf.dispose(record);
    scheduler?.step();
  }
  averaged?.updateParameters();
  const summary = await aggregator?.compute();
  metrics?.next({ epoch: epochs, ...summary });
  epochs += 1;
}
