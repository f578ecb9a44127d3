import { basename, join } from 'node:path';
import { type Checker, type StateDict, show } from '@loopwright/core';
import { decodeRaw } from '@loopwright/safetensors/raw';
import { type CheckpointInfo, describeCheckpoint } from './checkpoint-info.ts';
import { checkpointName } from './checkpoint-name.ts';
import { DamagedCheckpointError } from './damaged-checkpoint-error.ts';
import type { FileSystem } from './file-system.ts';
import {
  digestOf,
  MANIFEST_FILE,
  type Manifest,
  readManifest,
  STATE_FILES,
  type StateFile,
} from './manifest.ts';
import { decodeStates, type Fail } from './state-codec.ts';

/** Where a checkpoint is read from, and who reports what is wrong with it. */
export interface Reading {
  readonly files: FileSystem;
  readonly check: Checker;
  readonly path: string;
}

/**
 * Reads a manifest and compares the files' sizes with it.
 *
 * @throws DamagedCheckpointError if a file is missing or has another size, or the manifest is damaged
 */
export async function inspectCheckpoint(reading: Reading): Promise<CheckpointInfo> {
  return describeCheckpoint(basename(reading.path), reading.path, await inspect(reading));
}

/**
 * Reads a checkpoint's states and compares every file with its checksum.
 *
 * @throws DamagedCheckpointError if anything differs from what was written
 */
export async function readCheckpoint(
  reading: Reading,
): Promise<{ info: CheckpointInfo; states: Record<string, StateDict> }> {
  const manifest = await inspect(reading);
  const json = await readVerified(reading, manifest, 'state.json');
  const tensors = await readVerified(reading, manifest, 'state.safetensors');
  const encoded = {
    json: new TextDecoder().decode(json),
    tensors: decodeTensors(tensors, damage(reading, 'state.safetensors')),
  };
  const states = decodeStates(encoded, damage(reading, 'state.json'));
  return { info: describeCheckpoint(basename(reading.path), reading.path, manifest), states };
}

async function inspect(reading: Reading): Promise<Manifest> {
  const { files, check, path } = reading;
  const damaged = damage(reading, MANIFEST_FILE);
  const bytes = await files.readFile(join(path, MANIFEST_FILE));
  if (bytes === undefined) return damaged('is missing');
  const manifest = readManifest(bytes, damaged, (message) => check.fail(`${show(path)}: ${message}`));
  const name = checkpointName(manifest.unit, manifest.epoch);
  if (name !== basename(path)) damaged(`is that of ${show(name)}`);
  for (const file of STATE_FILES) {
    const facts = (await files.stat(join(path, file))) ?? damage(reading, file)('is missing');
    checkSize(reading, manifest, file, facts.bytes);
  }
  return manifest;
}

async function readVerified(reading: Reading, manifest: Manifest, file: StateFile): Promise<Uint8Array> {
  const damaged = damage(reading, file);
  const bytes = await reading.files.readFile(join(reading.path, file));
  if (bytes === undefined) return damaged('is missing');
  checkSize(reading, manifest, file, bytes.length);
  if (digestOf([bytes]).sha256 !== manifest.files[file].sha256) damaged('its checksum does not fit');
  return bytes;
}

function checkSize(reading: Reading, manifest: Manifest, file: StateFile, size: number): void {
  const expected = manifest.files[file].bytes;
  if (size !== expected) damage(reading, file)(`has ${size} bytes, ${expected} were written`);
}

function decodeTensors(bytes: Uint8Array, damaged: Fail): ReturnType<typeof decodeRaw>['tensors'] {
  try {
    return decodeRaw(bytes).tensors;
  } catch (error) {
    return damaged((error as Error).message, { cause: error });
  }
}

function damage({ check, path }: Reading, file: string): Fail {
  return (message, options) => {
    throw new DamagedCheckpointError(
      check.where,
      `${show(join(path, file))} is damaged: ${message}`,
      options,
    );
  };
}
