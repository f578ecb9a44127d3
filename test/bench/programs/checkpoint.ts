/**
 * What saving a run costs its loop.
 *
 * `--part held` is how long `await save()` takes when the save before is written, `--part busy` all that the loop's thread
 * works until the checkpoint is on the disk, and `--part whole` the time until then.
 * @packageDocumentation
 */
import { performance } from 'node:perf_hooks';
import { CheckpointSaver, type Run } from '@loopwright/checkpoint';
import { AdamW, type Optimizer, SGD } from '@loopwright/optimizers';
import { tf } from '@loopwright/tensorflow';
import { readFlags } from './flags.ts';
import { peakMemory, print } from './measure.ts';
import { makeModel, trainableVariables, trainableWeights } from './subjects.ts';

const { part, state, folder, seconds } = readFlags({
  part: 'held' as 'held' | 'busy' | 'whole',
  state: 'adamw' as keyof typeof STATES,
  folder: 'runs/bench',
  seconds: 5,
});

/** What there is to be saved, and how many numbers of it are trained. */
const STATES = {
  /** ResNet-18: 45 MB. */
  weights: () => {
    const model = trained(makeModel('resnet18', 32), (model) => new SGD(model, { learningRate: 1e-3 })).model;
    return { run: { model }, weights: trainableWeights(model) };
  },
  /** ResNet-18 and AdamW's moments: 134 MB. */
  adamw: () => {
    const run = trained(makeModel('resnet18', 32), (model) => new AdamW(model, { learningRate: 1e-3 }));
    return { run, weights: trainableWeights(run.model) };
  },
  /** 64 matrices of 16.8 MB. */
  gigabyte: () => {
    const names = Array.from({ length: 64 }, (_, i) => `w${i}`);
    const matrices = names.map((name, i) => [name, tf.variable(tf.fill([2048, 2048], i))]);
    return { run: { matrices: Object.fromEntries(matrices) }, weights: names.length * 2048 ** 2 };
  },
} as const satisfies Record<string, () => { run: Run; weights: number }>;

const { run, weights } = STATES[state]();
const checkpoints = new CheckpointSaver(`${folder}/checkpoints`, { keepLast: 1 });
const setupMs = performance.now();
const peakBeforeBytes = peakMemory();

const first = await saveOnce(0);
const stepMs: number[] = [];
const end = performance.now() + 1000 * seconds;
for (let epoch = 1; performance.now() < end || stepMs.length < 4; epoch++) stepMs.push(await saveOnce(epoch));
print({ setupMs, firstStepMs: first, stepMs, peakBytes: peakMemory(), peakBeforeBytes, weights });

/** A model after a step: its weights lie where TensorFlow has put them. */
function trained<T extends Optimizer>(model: tf.LayersModel, make: (model: tf.LayersModel) => T) {
  const optimizer = make(model);
  tf.tidy(() => {
    const gradients = trainableVariables(model).map((variable) => [variable.name, tf.onesLike(variable)]);
    optimizer.step(Object.fromEntries(gradients));
  });
  return { model, optimizer };
}

async function saveOnce(epoch: number): Promise<number> {
  // In a turn of the event loop of its own, so that its utilization covers the save and nothing else.
  await new Promise((resolve) => setImmediate(resolve));
  const before = performance.eventLoopUtilization();
  const start = performance.now();
  const saved = await checkpoints.save(epoch, run);
  const held = performance.now() - start;
  await saved.written();
  const whole = performance.now() - start;
  const busy = performance.eventLoopUtilization(before).active;
  return { held, busy, whole }[part];
}
