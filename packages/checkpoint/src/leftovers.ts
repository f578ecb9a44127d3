import { join } from 'node:path';
import { show } from '@loopwright/core';
import type { CheckpointEvent } from './checkpoint-event.ts';
import type { Unit } from './checkpoint-name.ts';
import type { FileSystem } from './file-system.ts';
import { parseTransientName, type TransientFolder, transientPattern } from './transient-folder.ts';
import { foldersInWork } from './write-checkpoint.ts';

/**
 * Clears away what dead processes left: a checkpoint that was moved aside and never replaced is put back; everything
 * else that is transient is removed. The folders of a process that still lives are not touched.
 */
export async function clearLeftovers(
  files: FileSystem,
  folder: string,
  unit: Unit,
  report: (event: CheckpointEvent) => void,
): Promise<void> {
  for (const name of await files.listFolders(folder, [transientPattern(unit)])) {
    const leftover = parseTransientName(name);
    if (leftover === undefined || isInWork(folder, leftover)) continue;
    const path = join(folder, name);
    if (
      leftover.transience === 'old' &&
      (await files.listFolders(folder, [leftover.checkpoint])).length === 0
    ) {
      const place = join(folder, leftover.checkpoint);
      await files.rename(path, place);
      await files.syncFolder(folder);
      report({ kind: 'restored', message: `put ${show(place)} back, which was being replaced`, path: place });
    } else {
      await files.remove(path);
      report({ kind: 'cleaned', message: `removed ${show(path)}, which a dead process left`, path });
    }
  }
}

function isInWork(folder: string, leftover: TransientFolder): boolean {
  if (leftover.process === process.pid) return foldersInWork.has(join(folder, leftover.name));
  return isAlive(leftover.process);
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
