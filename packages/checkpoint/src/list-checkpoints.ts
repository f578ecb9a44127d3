import { join } from 'node:path';
import { check } from './check.ts';
import type { CheckpointInfo } from './checkpoint-info.ts';
import { checkpointPattern, epochOf, type Unit } from './checkpoint-name.ts';
import { DamagedCheckpointError } from './damaged-checkpoint-error.ts';
import type { FileSystem } from './file-system.ts';
import { inspectCheckpoint } from './read-checkpoint.ts';

/** The folders that have a checkpoint's name, damaged or not, the lowest number first. */
export async function listNames(files: FileSystem, directory: string, unit: Unit): Promise<string[]> {
  const names = await files.listFolders(directory, [checkpointPattern(unit)]);
  return names
    .map((name) => ({ name, epoch: epochOf(unit, name) ?? -1 }))
    .filter(({ epoch }) => epoch >= 0)
    .sort((a, b) => a.epoch - b.epoch)
    .map(({ name }) => name);
}

/** The complete checkpoints, the lowest number first. */
export async function listComplete(
  files: FileSystem,
  directory: string,
  unit: Unit,
): Promise<CheckpointInfo[]> {
  const complete: CheckpointInfo[] = [];
  for (const name of await listNames(files, directory, unit)) {
    try {
      complete.push(await inspectCheckpoint({ files, check, path: join(directory, name) }));
    } catch (error) {
      if (!(error instanceof DamagedCheckpointError)) throw error;
    }
  }
  return complete;
}
