import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { show } from '@loopwright/core';
import { check } from './check.ts';
import type { CheckpointEvent } from './checkpoint-event.ts';
import type { FileSystem } from './file-system.ts';
import { type LockOwner, readOwner, showOwner, writeOwner } from './lock-owner.ts';
import { isAlive, type ProcessIdentity, thisProcess } from './process-identity.ts';
import { StorageError } from './storage-error.ts';
import { transientName } from './transient-folder.ts';

/** The lock is a folder, since a folder with its contents appears at once and never replaces another. */
const LOCK = 'lock';
const OWNER_FILE = 'owner.json';

/** More than two do not contend for a folder by accident. */
const ATTEMPTS = 5;

/** How often a lock shows that its owner lives, and after what time without that it is taken for dead. */
export interface LockTiming {
  readonly beatMs: number;
  readonly patienceMs: number;
  readonly pollMs: number;
}

const TIMING: LockTiming = { beatMs: 5_000, patienceMs: 20_000, pollMs: 500 };

/**
 * Lets one process write to a folder.
 *
 * On the same system a process number and start time tell whether the owner lives, so a killed one's lock is taken over at
 * once. Of owners on other machines and in other containers, of those before a reboot and of copied locks that cannot be
 * known: the owner touches its lock every few seconds, and a lock that does not change for a while is a dead one's. Clocks
 * are not compared.
 */
export class FolderLock {
  private readonly files: FileSystem;
  private readonly directory: string;
  private readonly token: string;
  private readonly timing: LockTiming;
  private readonly self: ProcessIdentity = thisProcess();
  private beat: NodeJS.Timeout | undefined;

  /** @param token of the thread that trains; a lock that carries it is held */
  constructor(files: FileSystem, directory: string, token: string, timing = TIMING) {
    this.files = files;
    this.directory = directory;
    this.token = token;
    this.timing = timing;
  }

  /**
   * Takes the lock, whatever there was before.
   *
   * @throws LoopwrightError naming the owner, if another one holds it
   */
  async take(report: (event: CheckpointEvent) => void): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const owner = await this.readOwner(this.path);
      if (owner?.token === this.token || (owner === undefined && (await this.create()))) {
        return this.startBeating();
      }
      if (owner === undefined) continue;
      if (await this.lives(owner, report)) this.refuse(owner);
      await this.moveAway(owner, report);
    }
    check.fail(`cannot lock ${show(this.directory)}: others lock and unlock it all the time`);
  }

  /**
   * Makes sure that the lock is still held; takes it if it never was, or if nothing but the lock was removed.
   *
   * @throws LoopwrightError naming the owner, if another one holds it, or the folder, if that has vanished
   */
  async keep(report: (event: CheckpointEvent) => void): Promise<void> {
    if (this.beat !== undefined) {
      const owner = await this.readOwner(this.path);
      if (owner?.token === this.token) return;
      if (owner !== undefined) this.refuseLost(owner);
      if ((await this.files.stat(this.directory)) === undefined) this.refuseVanished();
    }
    await this.take(report);
  }

  /** Gives the lock back, if it is held. */
  async release(): Promise<void> {
    clearInterval(this.beat);
    this.beat = undefined;
    const owner = await this.readOwner(this.path);
    if (owner?.token === this.token) await this.remove();
  }

  private get path(): string {
    return join(this.directory, `.${LOCK}`);
  }

  private async readOwner(lock: string): Promise<LockOwner | undefined> {
    const bytes = await this.files.readFile(join(lock, OWNER_FILE));
    return bytes && readOwner(bytes);
  }

  /** Writes a lock beside and renames it into place: whoever comes second fails, and none is ever seen in part. */
  private async create(): Promise<boolean> {
    const made = join(this.directory, transientName(LOCK, 'new'));
    try {
      await this.files.makeFolder(made);
      const { id } = (await this.files.stat(made)) ?? {};
      const owner = { ...this.self, token: this.token, since: new Date().toISOString(), id };
      await this.files.writeFile(join(made, OWNER_FILE), [writeOwner(owner)]);
      await this.files.rename(made, this.path);
      return true;
    } catch (error) {
      await this.files.remove(made).catch(() => undefined);
      if ((await this.readOwner(this.path)) === undefined) throw error;
      return false;
    }
  }

  private startBeating(): void {
    if (this.beat !== undefined) return;
    const touch = () => this.files.touch(join(this.path, OWNER_FILE)).catch(() => undefined);
    this.beat = setInterval(touch, this.timing.beatMs).unref();
  }

  private async lives(owner: LockOwner, report: (event: CheckpointEvent) => void): Promise<boolean> {
    const alive = isAlive(owner, this.self);
    if (alive === false) return false;
    const isCopy = (await this.files.stat(this.path))?.id !== owner.id;
    // A thread of this process may have ended.
    if (alive === true && !isCopy && owner.pid !== this.self.pid) return true;
    const seconds = this.timing.patienceMs / 1000;
    const message = `${show(this.directory)} is locked by ${showOwner(owner)}, who may be dead: watching the lock for up to ${seconds} s`;
    report({ kind: 'waiting', message, path: this.directory });
    return this.changes();
  }

  /** Whether somebody touches the lock. */
  private async changes(): Promise<boolean> {
    const look = async () => (await this.files.stat(join(this.path, OWNER_FILE)))?.changed;
    const before = await look();
    for (let waited = 0; waited < this.timing.patienceMs; waited += this.timing.pollMs) {
      await sleep(this.timing.pollMs);
      const now = await look();
      if (now === undefined) return false;
      if (now !== before) return true;
    }
    return false;
  }

  /** Puts a dead one's lock out of the way, or does nothing if it is gone already. */
  private async moveAway(dead: LockOwner, report: (event: CheckpointEvent) => void): Promise<void> {
    const gone = join(this.directory, transientName(LOCK, 'gone'));
    try {
      await this.files.rename(this.path, gone);
    } catch (error) {
      if ((await this.readOwner(this.path))?.token !== dead.token) return;
      throw error;
    }
    const moved = await this.readOwner(gone);
    if (moved?.token === dead.token) {
      await this.files.remove(gone);
      const message = `took ${show(this.directory)} over from ${showOwner(dead)}, which is dead`;
      report({ kind: 'takenOver', message, path: this.directory });
    } else {
      // Another one has been faster and held the lock by then.
      await this.files.rename(gone, this.path);
    }
  }

  private async remove(): Promise<void> {
    const gone = join(this.directory, transientName(LOCK, 'gone'));
    await this.files.rename(this.path, gone);
    await this.files.remove(gone);
  }

  private refuse(owner: LockOwner): never {
    const advice = 'end it first, or save to another folder';
    return check.fail(`${show(this.directory)} is being written to by ${showOwner(owner)}; ${advice}`);
  }

  private refuseLost(owner: LockOwner): never {
    return check.fail(
      `${show(this.directory)} was taken over by ${showOwner(owner)}, to whom this process seemed dead`,
    );
  }

  /** A folder made anew where a disk was mounted before would be on another disk. */
  private refuseVanished(): never {
    throw new StorageError(check.where, `${show(this.directory)} has vanished; it is not made again`);
  }
}
