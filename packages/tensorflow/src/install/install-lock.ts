import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Who holds a lock. */
interface LockOwner {
  readonly token: string;
  readonly pid: number;
  /** Where that number means something. */
  readonly processes: string;
}

export interface LockTimes {
  /** How often the holder shows that it lives, in milliseconds. */
  readonly heartbeat?: number;
  /** After how much silence a holder counts as dead, in milliseconds. */
  readonly staleAfter?: number;
}

/**
 * Runs a task while holding a lock file, so that of two installs at once the second waits for the first and then finds
 * everything in place. A holder that died (its process is gone, or its file was not touched for a while) is replaced.
 *
 * The lock saves work and keeps downloads apart; that nothing is ever half-installed rests on renames, not on it.
 *
 * @param onWait called once, with the holder's process, if somebody else holds the lock
 */
export async function withInstallLock<T>(
  path: string,
  task: () => Promise<T>,
  onWait: (pid: number) => void,
  { heartbeat = 2_000, staleAfter = 30_000 }: LockTimes = {},
): Promise<T> {
  const owner: LockOwner = { token: randomUUID(), pid: process.pid, processes: processTable() };
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, owner, staleAfter, onWait);
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, heartbeat);
  timer.unref();
  try {
    return await task();
  } finally {
    clearInterval(timer);
    if ((await readOwner(path))?.token === owner.token) await rm(path, { force: true });
  }
}

async function acquire(
  path: string,
  owner: LockOwner,
  staleAfter: number,
  onWait: (pid: number) => void,
): Promise<void> {
  let told = false;
  while (!(await create(path, owner))) {
    const holder = await readOwner(path);
    if (await isStale(path, holder, staleAfter)) {
      await removeStale(path, holder);
    } else {
      if (!told && holder !== undefined) onWait(holder.pid);
      told ||= holder !== undefined;
      await sleep(200);
    }
  }
}

/** Creates the lock; false if it exists. */
async function create(path: string, owner: LockOwner): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(JSON.stringify(owner));
    return true;
  } catch (error) {
    // Others would wait for a holder whom it does not name.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function readOwner(path: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockOwner;
  } catch {
    return undefined;
  }
}

async function isStale(path: string, holder: LockOwner | undefined, staleAfter: number): Promise<boolean> {
  if (holder?.processes === processTable() && !isRunning(holder.pid)) return true;
  const touched = (await stat(path).catch(() => undefined))?.mtimeMs;
  return touched !== undefined && Date.now() - touched > staleAfter;
}

/** Removes a dead holder's lock, unless another waiter was quicker and the lock at this path is a living one's. */
async function removeStale(path: string, holder: LockOwner | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await readOwner(aside);
  if (taken !== undefined && taken.token !== holder?.token) await create(path, taken);
  await rm(aside, { force: true });
}

/** Names the list of processes that this one sees. A container has its own, often under the name of the machine. */
export function processTable(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
