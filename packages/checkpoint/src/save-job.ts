import { join } from 'node:path';
import { show } from '@loopwright/core';
import { check } from './check.ts';
import type { CheckpointEvent } from './checkpoint-event.ts';
import { checkpointName, type Unit } from './checkpoint-name.ts';
import type { FileSystem } from './file-system.ts';
import { listComplete } from './list-checkpoints.ts';
import { digestOf, MANIFEST_FILE, type Metrics, writeManifest } from './manifest.ts';
import { inspectCheckpoint } from './read-checkpoint.ts';
import { expendable, type Retention } from './retention.ts';
import { showBytes } from './show-bytes.ts';
import { type NewFile, removeCheckpoint, writeCheckpoint } from './write-checkpoint.ts';

/** A checkpoint to be written, as plain data that can be sent to another thread. */
export interface SaveJob {
  readonly unit: Unit;
  readonly epoch: number;
  readonly created: string;
  readonly metrics: Metrics;
  /** The contents of `state.json` and `state.safetensors`, in pieces. */
  readonly json: readonly Uint8Array[];
  readonly tensors: readonly Uint8Array[];
  /** What is kept when it is in place. */
  readonly retention: Retention;
}

/** Writes a checkpoint, and when it is in place removes those that are not to be kept. */
export async function performSave(
  files: FileSystem,
  directory: string,
  { json, tensors, retention, ...job }: SaveJob,
  report: (event: CheckpointEvent) => void,
): Promise<void> {
  const digests = { 'state.json': digestOf(json), 'state.safetensors': digestOf(tensors) };
  const contents: NewFile[] = [
    ['state.json', json],
    ['state.safetensors', tensors],
    [MANIFEST_FILE, [writeManifest({ ...job, files: digests })]],
  ];
  const name = checkpointName(job.unit, job.epoch);
  await writeCheckpoint(files, directory, name, contents);
  const { path, bytes } = await inspectCheckpoint({ files, check, path: join(directory, name) });
  report({ kind: 'saved', message: `saved ${show(path)} (${showBytes(bytes)})`, path });

  const complete = await listComplete(files, directory, job.unit);
  for (const { name, path } of expendable(complete, retention, job.epoch)) {
    await removeCheckpoint(files, directory, name);
    report({ kind: 'removed', message: `removed ${show(path)}, which is not to be kept`, path });
  }
}
