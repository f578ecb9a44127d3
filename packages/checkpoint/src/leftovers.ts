import { join } from 'node:path';
import { show } from '@loopwright/core';
import type { CheckpointEvent } from './checkpoint-event.ts';
import type { FileSystem } from './file-system.ts';
import { parseTransientName, TRANSIENT_PATTERNS } from './transient-folder.ts';

/**
 * Clears away what dead processes left: a checkpoint that was moved aside and never replaced is put back; everything
 * else that is transient is removed. Whoever calls it holds the folder's lock, so nobody else is writing.
 */
export async function clearLeftovers(
  files: FileSystem,
  folder: string,
  report: (event: CheckpointEvent) => void,
): Promise<void> {
  for (const name of await files.listFolders(folder, TRANSIENT_PATTERNS)) {
    const leftover = parseTransientName(name);
    if (leftover === undefined) continue;
    const path = join(folder, name);
    const place = join(folder, leftover.becomes);
    if (leftover.transience === 'old' && (await files.stat(place)) === undefined) {
      await files.rename(path, place);
      await files.syncFolder(folder);
      report({ kind: 'restored', message: `put ${show(place)} back, which was being replaced`, path: place });
    } else {
      await files.remove(path);
      report({ kind: 'cleaned', message: `removed ${show(path)}, which a dead process left`, path });
    }
  }
}
