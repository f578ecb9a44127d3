/**
 * Saves or loads ResNet-18's weights, 45 MB, as a safetensors file. `--durable no` leaves out flushing to the disk.
 * @packageDocumentation
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode, load, save } from '@loopwright/safetensors';
import { tf } from '@loopwright/tensorflow';
import { readFlags } from './flags.ts';
import { measure } from './measure.ts';
import { makeModel, trainableVariables, trainableWeights } from './subjects.ts';

const { task, durable, folder, seconds } = readFlags({
  task: 'save' as 'save' | 'load',
  durable: 'yes' as 'yes' | 'no',
  folder: 'runs/bench',
  seconds: 5,
});
const model = makeModel('resnet18', 32);
const tensors = Object.fromEntries(trainableVariables(model).map((variable) => [variable.name, variable]));
await mkdir(folder, { recursive: true });
const path = join(folder, 'ours.safetensors');
const tasks = {
  save: durable === 'yes' ? () => save(path, tensors) : saveUnflushed,
  load: async () => tf.dispose((await load(path)).tensors),
};
await save(path, tensors);
const step = async (): Promise<undefined> => {
  await tasks[task]();
};
await measure({ step, seconds, weights: trainableWeights(model) });

async function saveUnflushed(): Promise<void> {
  await writeFile(`${path}.new`, encode(tensors));
  await rename(`${path}.new`, path);
}
