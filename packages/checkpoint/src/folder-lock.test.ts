import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckpointEvent } from './checkpoint-event.ts';
import { FolderLock } from './folder-lock.ts';
import type { LockOwner } from './lock-owner.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { thisProcess } from './process-identity.ts';

const TIMING = { beatMs: 20, patienceMs: 300, pollMs: 10 };

let folder: string;
let events: CheckpointEvent[];
const locks: FolderLock[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  events = [];
});
afterEach(async () => {
  for (const lock of locks.splice(0)) await lock.release();
  await rm(folder, { recursive: true });
});

const report = (event: CheckpointEvent) => events.push(event);
const kinds = () => events.map(({ kind }) => kind);
const ownerFile = () => join(folder, '.lock', 'owner.json');

/** The lock of a thread, which is told from others by its name. */
function lockOf(name: string, directory = folder): FolderLock {
  const lock = new FolderLock(nodeFileSystem, directory, name, TIMING);
  locks.push(lock);
  return lock;
}

/** Leaves a lock as somebody else would; by default as this very process, which started at another time. */
async function leaveLock(owner: Partial<LockOwner> = {}): Promise<void> {
  await mkdir(join(folder, '.lock'));
  const id = (await nodeFileSystem.stat(join(folder, '.lock')))?.id;
  const since = '2026-01-02T03:04:05.678Z';
  const other = { ...thisProcess(), started: '1', token: 'other', since, id };
  await writeFile(ownerFile(), JSON.stringify({ ...other, ...owner }));
}

/** Touches the lock as an owner does that lives. */
function keepBeating(): () => void {
  const beat = setInterval(() => utimes(ownerFile(), new Date(), new Date()), TIMING.beatMs);
  return () => clearInterval(beat);
}

/** A process that lives until it is killed. */
async function otherProcess() {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)']);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return {
    identity: { pid: child.pid as number, started },
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

const knowsProcesses = process.platform === 'linux';

describe('a lock', () => {
  it('is taken, kept and given back, and leaves nothing', async () => {
    const lock = lockOf('one');
    await lock.take(report);
    expect(await readdir(folder)).toEqual(['.lock']);
    expect(JSON.parse(await readFile(ownerFile(), 'utf8'))).toMatchObject({ ...thisProcess(), token: 'one' });
    await lock.take(report);
    await lock.keep(report);
    await lock.release();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await lock.keep(report);
    expect(await readdir(folder)).toEqual(['.lock']);
    expect(events).toEqual([]);
  });

  it('makes the folder where there is none', async () => {
    await lockOf('one', join(folder, 'runs', 'new')).take(report);
    expect(await readdir(join(folder, 'runs', 'new'))).toEqual(['.lock']);
  });

  it('is refused while another process holds it, naming that, and had as soon as it was killed', async () => {
    const other = await otherProcess();
    await leaveLock({ ...other.identity, host: 'gpu-3' });
    const beating = knowsProcesses ? () => {} : keepBeating();
    await expect(lockOf('one').take(report)).rejects.toThrow(
      `[loopwright/checkpoint] CheckpointSaver: "${folder}" is being written to by process ${other.identity.pid} ` +
        'on "gpu-3" (since 2026-01-02T03:04:05.678Z); end it first, or save to another folder',
    );
    await other.kill();
    beating();
    events = [];
    await lockOf('one').take(report);
    expect(kinds()).toEqual(['takenOver']);
    expect(events[0]?.message).toMatch(
      /^took ".*" over from process \d+ on "gpu-3" \(since .*\), which is dead$/,
    );
    expect(await readdir(folder)).toEqual(['.lock']);
  });

  it.runIf(knowsProcesses)('is had at once if its number was given to another process', async () => {
    await leaveLock();
    await lockOf('one').take(report);
    expect(kinds()).toEqual(['takenOver']);
  });

  it.each([
    ['another machine', { host: 'gpu-3', system: 'elsewhere' }],
    ['the time before a reboot', { system: 'an earlier boot' }],
    ['another thread of this process', { started: thisProcess().started }],
    ['nobody knows where', { pid: 'broken' as never, host: 7 as never, system: '', started: '' }],
  ])('of %s is watched: refused if somebody touches it, and otherwise had', async (_, owner) => {
    await leaveLock(owner);
    const stop = keepBeating();
    await expect(lockOf('one').take(report)).rejects.toThrow('is being written to by process');
    expect(kinds()).toEqual(['waiting']);
    stop();
    await lockOf('one').take(report);
    expect(kinds()).toEqual(['waiting', 'waiting', 'takenOver']);
  });

  it('whose file holds something else is watched, too', async () => {
    await mkdir(join(folder, '.lock'));
    await writeFile(ownerFile(), '[');
    await lockOf('one').take(report);
    expect(kinds()).toEqual(['waiting', 'takenOver']);
    expect(events[1]?.message).toContain('from process 0 on "" (since an unknown time)');
  });

  it('that was copied with its folder is had, though the original’s owner lives', async () => {
    const other = await otherProcess();
    await leaveLock(other.identity);
    const copy = join(folder, 'copy');
    await cp(join(folder, '.lock'), join(copy, '.lock'), { recursive: true });
    await lockOf('one', copy).take(report);
    expect(kinds()).toEqual(['waiting', 'takenOver']);
    await other.kill();
  });

  it('shows that its owner lives', async () => {
    await lockOf('one').take(report);
    const before = (await nodeFileSystem.stat(ownerFile()))?.changed;
    await expect(lockOf('two').take(report)).rejects.toThrow('is being written to by process');
    expect((await nodeFileSystem.stat(ownerFile()))?.changed).toBeGreaterThan(before as number);
  });

  it('goes to one of many who want a dead one’s', async () => {
    await leaveLock({ system: 'elsewhere' });
    const contenders = Array.from({ length: 8 }, (_, i) => lockOf(`contender ${i}`));
    const outcomes = await Promise.allSettled(contenders.map((lock) => lock.take(report)));
    const had = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [`contender ${i}`] : []));
    expect(had).toHaveLength(1);
    expect(JSON.parse(await readFile(ownerFile(), 'utf8')).token).toBe(had[0]);
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected')
        expect(outcome.reason.message, `${i}`).toContain('is being written to by');
    }
  });

  it('that was taken over is noticed by whoever had it', async () => {
    const lock = lockOf('one');
    await lock.take(report);
    await rm(join(folder, '.lock'), { recursive: true });
    await leaveLock({ pid: 4711, host: 'gpu-3' });
    await expect(lock.keep(report)).rejects.toThrow(
      'was taken over by process 4711 on "gpu-3" (since 2026-01-02T03:04:05.678Z), to whom this process seemed dead',
    );
    await lock.release();
    expect(await readdir(folder)).toEqual(['.lock']);
  });

  it('that was removed by hand is taken again', async () => {
    const lock = lockOf('one');
    await lock.take(report);
    await rm(join(folder, '.lock'), { recursive: true });
    await lock.keep(report);
    expect(await readdir(folder)).toEqual(['.lock']);
  });
});
