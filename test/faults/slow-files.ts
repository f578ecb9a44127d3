import { setTimeout } from 'node:timers/promises';
import { type FileSystem, nodeFileSystem } from '@loopwright/checkpoint';
import { RandomStream } from '@loopwright/core';

/** Operations that change the disk, whose middle is worth a kill. */
const WRITING = ['makeFolder', 'writeFile', 'syncFolder', 'rename', 'remove'] as const;

/**
 * The machine's own files, with a pause of random length before and after each operation that writes.
 *
 * @param longest pause in milliseconds; 0 for none
 * @param onOperation told when an operation begins, and `undefined` when it has ended
 */
export function slowFiles(
  longest: number,
  seed: number,
  onOperation: (name: string | undefined) => void,
): FileSystem {
  const draws = new RandomStream('slow files', seed);
  const pause = () => (longest === 0 ? undefined : setTimeout(draws.uniform(0, longest)));
  const slow = WRITING.map((name) => {
    const operation = nodeFileSystem[name] as (...args: unknown[]) => Promise<void>;
    return [
      name,
      async (...args: unknown[]) => {
        onOperation(name);
        await pause();
        await operation(...args);
        await pause();
        onOperation(undefined);
      },
    ] as const;
  });
  return { ...nodeFileSystem, ...Object.fromEntries(slow) };
}
