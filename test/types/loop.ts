/** The loop of the README as a strict consumer of the built packages writes it; checked by `npm run types`, never run. */
import { AveragedModel, updateBatchNorm } from '@loopwright/averaging';
import { CheckpointSaver } from '@loopwright/checkpoint';
import { DataLoader, Mnist } from '@loopwright/data';
import { distillationLoss, frozenTeacher } from '@loopwright/distillation';
import { csv, jsonLines, pinoSink } from '@loopwright/logging';
import { crossEntropy } from '@loopwright/losses';
import { Accuracy, every, MetricAggregator, MetricStream, prefix } from '@loopwright/metrics';
import { AdamW, clipGradNorm, SGD } from '@loopwright/optimizers';
import { ProgressTracker, progressBars } from '@loopwright/progress';
import { OneCycleLR, ReduceLROnPlateau, SequentialLR } from '@loopwright/schedulers';
import { tf } from '@loopwright/tensorflow';
import { testTimeAugment, views } from '@loopwright/tta';
import { pino } from 'pino';

declare const model: tf.LayersModel;
const train = new DataLoader(new Mnist('folder'), { batchSize: 100, shuffle: true });
const optimizer = new AdamW(model, { weightDecay: 0.05, noDecay: (_, variable) => variable.rank < 2 });
const scheduler = new OneCycleLR(optimizer, { maxLr: 2e-3, totalSteps: 10 * train.length });
const averaged = new AveragedModel(model, { average: { ema: 0.99 } });
const display = progressBars();
const progress = new ProgressTracker({ display });
const checkpoints = new CheckpointSaver('run', {
  keepLast: 2,
  keepBest: { metric: 'val.accuracy', mode: 'max' },
});
const metrics = new MetricStream();
metrics.subscribe(display);
metrics.subscribe(csv('run/metrics.csv'));
metrics.pipe(every(10), prefix('train.')).subscribe(jsonLines('run/metrics.jsonl'));
metrics.subscribe(pinoSink(pino()));

const teacher = frozenTeacher(model);
const run = { model, optimizer, scheduler, averaged, progress, train };
for (const epoch of progress.epochs(10, { from: await checkpoints.resume(run) })) {
  const aggregator = new MetricAggregator();
  for await (const { images, labels } of progress.track(train)) {
    const studentLogits = () => model.apply(images, { training: true }) as tf.Tensor2D;
    const loss: tf.Scalar = optimizer.minimize(() =>
      distillationLoss(
        { studentLogits: studentLogits(), teacherLogits: teacher(images) as tf.Tensor2D, labels },
        { temperature: 2, alpha: 0.5 },
      ),
    );
    metrics.next(aggregator.update({ loss }, labels.size));
    scheduler.step();
  }
  averaged.updateParameters();
  const summary: Record<string, number> = await aggregator.compute();
  metrics.next({ epoch, ...summary });
  await checkpoints.save(epoch, run, summary);
}
await averaged.using(() => updateBatchNorm(model, train));

const predict = testTimeAugment((images: tf.Tensor4D) => model.predict(images) as tf.Tensor2D, {
  views: [views.identity, views.horizontalFlip],
  merge: 'mean',
  on: 'logits',
});
const accuracy = new Accuracy({ topK: 5 });
for await (const { images, labels } of train) accuracy.update(predict(images) as tf.Tensor2D, labels);
const fraction: number = await accuracy.compute();

const weights: Record<string, tf.Variable> = { w: tf.variable(tf.zeros([2])) };
const sgd = new SGD([{ name: 'all', params: weights, learningRate: 0.1 }], { momentum: 0.9 });
const { value, grads } = tf.variableGrads(() => crossEntropy(tf.zeros([1, 2]), tf.zeros([1], 'int32')));
sgd.step(clipGradNorm(grads, 1).grads);
const plateau = new ReduceLROnPlateau(sgd, { mode: 'max' });
plateau.step(fraction);
const rates: number[] = plateau.getLastLr();

// @ts-expect-error a scheduler needs its options
new SequentialLR(sgd);
// @ts-expect-error options are checked by name
new SGD(weights, { lr: 0.1 });
// @ts-expect-error whether logits or probabilities are merged has to be said
testTimeAugment(predict, { views: [views.identity], merge: 'mean' });

export { rates, value };
