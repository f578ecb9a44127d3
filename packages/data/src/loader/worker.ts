/**
 * A worker of a loader: reads the batches that it is sent, one after another. It never loads TensorFlow.
 * @packageDocumentation
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Dataset, ImageSample } from '../dataset.ts';
import { reviveDataset } from '../datasets/revive-dataset.ts';
import { packImages } from './pack-images.ts';
import { readSamples } from './read-samples.ts';
import { slotFor, slotViews } from './slot.ts';
import { type Reply, SampleState, type Task, type WorkerSetup } from './worker-messages.ts';

const { dataset: spec, seed, epoch, images } = workerData as WorkerSetup;
const port = parentPort as MessagePort;
const opened = reviveDataset(spec);
opened.catch(() => {}); // told with the first batch

let previous = Promise.resolve();
port.on('message', (task: Task) => {
  previous = previous.then(() => answer(task));
});

async function answer(task: Task): Promise<void> {
  const { batch } = task;
  try {
    port.postMessage(await work(task, await opened));
  } catch (error) {
    port.postMessage({ kind: 'failure', batch, error: sendable(error) } satisfies Reply);
  }
}

async function work({ batch, indices, states, slot }: Task, dataset: Dataset<unknown>): Promise<Reply> {
  const onSample = (position: number, event: 'begun' | 'done') => {
    states[position] = SampleState[event];
  };
  const { samples, skipped } = await readSamples(dataset, indices, { seed, epoch, onSample });
  if (images === false || samples.length === 0) return { kind: 'samples', batch, samples, skipped };
  let filled: SharedArrayBuffer | undefined;
  const { shape } = packImages(samples as ImageSample[], images.normalize, (floats, labels) => {
    filled = slotFor(slot, floats, labels);
    return slotViews(filled, floats, labels);
  });
  return { kind: 'images', batch, slot: filled as SharedArrayBuffer, shape, skipped };
}

/** An error of plain parts, which can be sent whatever the original carries. */
function sendable(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const unsent = error.name === 'DataCloneError' ? 'samples cannot be sent to the thread that trains: ' : '';
  const copy = new Error(unsent + error.message);
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}
