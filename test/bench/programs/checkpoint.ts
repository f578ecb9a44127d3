/**
 * What saving a run costs its loop: ResNet-18 with AdamW's moments, 134 MB.
 *
 * `--part call` is the time until `save` returns its promise, `--part busy` all that the thread works during the save,
 * whether the loop waits for it or not, and `--part whole` until the checkpoint is on the disk.
 * @packageDocumentation
 */
import { performance } from 'node:perf_hooks';
import { CheckpointSaver } from '@loopwright/checkpoint';
import { AdamW } from '@loopwright/optimizers';
import { tf } from '@loopwright/tensorflow';
import { readFlags } from './flags.ts';
import { peakMemory, print } from './measure.ts';
import { makeModel, trainableVariables, trainableWeights } from './subjects.ts';

const { part, folder, seconds } = readFlags({
  part: 'whole' as 'call' | 'busy' | 'whole',
  folder: 'runs/bench',
  seconds: 5,
});
const model = makeModel('resnet18', 32);
const optimizer = new AdamW(model, { learningRate: 1e-3 });
tf.tidy(() => {
  const gradients = trainableVariables(model).map((variable) => [variable.name, tf.onesLike(variable)]);
  optimizer.step(Object.fromEntries(gradients));
});
const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, { keepLast: 1 });
const setupMs = performance.now();
const peakBeforeBytes = peakMemory();

const first = await saveOnce(0);
const stepMs: number[] = [];
const end = performance.now() + 1000 * seconds;
for (let epoch = 1; performance.now() < end || stepMs.length < 4; epoch++) stepMs.push(await saveOnce(epoch));
print({
  setupMs,
  firstStepMs: first,
  stepMs,
  peakBytes: peakMemory(),
  peakBeforeBytes,
  weights: trainableWeights(model),
});

async function saveOnce(epoch: number): Promise<number> {
  // In a turn of the event loop of its own, so that its utilization covers the save and nothing else.
  await new Promise((resolve) => setImmediate(resolve));
  const before = performance.eventLoopUtilization();
  const start = performance.now();
  const saved = checkpoints.save(epoch, { model, optimizer });
  const call = performance.now() - start;
  await saved;
  const whole = performance.now() - start;
  const busy = performance.eventLoopUtilization(before).active;
  return { call, busy, whole }[part];
}
