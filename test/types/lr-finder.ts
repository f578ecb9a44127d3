/** A range test, repeated runs and their figures as a strict consumer of the built packages writes them; never run. */
import { formatSummary, type LayerSummary, summary } from '@loopwright/core';
import { DataLoader, Mnist } from '@loopwright/data';
import { crossEntropy } from '@loopwright/losses';
import {
  type RangePoint,
  type RangeTest,
  rangeTest,
  type Suggestion,
  suggestLr,
} from '@loopwright/lr-finder';
import { Lookahead, SGD } from '@loopwright/optimizers';
import { plotCurves } from '@loopwright/plot';
import { type Comparison, compare, readLedger, repeat, valuesPanel } from '@loopwright/study';
import { compile, random, type tf } from '@loopwright/tensorflow';

declare const model: tf.LayersModel;
const data = new DataLoader(new Mnist('folder'), { batchSize: 100, shuffle: true });
const optimizer = new Lookahead(new SGD(model, { learningRate: 0.1 }));
const trainStep = compile((images: tf.Tensor4D, labels: tf.Tensor1D) =>
  optimizer.minimize(() => crossEntropy(model.apply(images, { training: true }) as tf.Tensor2D, labels)),
);
const test: RangeTest = await rangeTest({
  model,
  optimizer,
  data,
  step: ({ images, labels }) => trainStep(images, labels),
  validation: {
    data,
    loss: ({ images, labels }) => crossEntropy(model.predict(images) as tf.Tensor2D, labels),
  },
  restore: { random },
});
const history: readonly RangePoint[] = test.history;
const suggestion: Suggestion = suggestLr(history, 'steepest', { skipEnd: 3 });
const { lr, reason } = suggestion;
const text: string = lr === undefined ? reason : lr.toFixed(4);

const rows: LayerSummary[] = summary(model);
const table: string = formatSummary(rows);

const { runs } = await repeat(async (seed) => ({ accuracy: seed }), { seeds: [1, 2], ledger: 'runs.json' });
const comparison: Comparison = compare(runs, readLedger('others.json').runs, { metric: 'accuracy' });
await plotCurves('values.svg', { panels: [valuesPanel({ base: [0.9, 0.91] })] });

// @ts-expect-error the method is one of three
test.suggest('slide');
// @ts-expect-error a run returns numbers
await repeat(async () => ({ accuracy: 'high' }), { seeds: [1] });

export { comparison, table, text };
