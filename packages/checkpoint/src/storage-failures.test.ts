import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateDict, Stateful } from '@loopwright/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckpointEvent } from './checkpoint-event.ts';
import { CheckpointSaver } from './checkpoint-saver.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true }));

class Counter implements Stateful {
  count: number;
  constructor(count = 0) {
    this.count = count;
  }
  stateDict(): StateDict {
    const data = Float32Array.of(this.count, 0);
    return { version: 1, count: this.count, tensor: { dtype: 'float32', shape: [2], data } };
  }
  loadStateDict(state: StateDict): void {
    this.count = state.count as number;
  }
}

interface Disk extends FileSystem {
  /** What was asked of it. */
  readonly calls: string[];
}

/** A disk whose calls with these numbers fail as a full one does; a file that fails is written in half. */
function failingDisk(fails: (call: number) => boolean): Disk {
  const calls: string[] = [];
  const attempt = async <T>(what: string, operation: () => Promise<T>, half = async () => {}): Promise<T> => {
    calls.push(what);
    if (!fails(calls.length)) return operation();
    await half();
    throw Object.assign(new Error(`ENOSPC: no space left on device, ${what} '${folder}'`), {
      code: 'ENOSPC',
    });
  };
  const disk = nodeFileSystem;
  return {
    calls,
    makeFolder: (path) => attempt('makeFolder', () => disk.makeFolder(path)),
    writeFile: (path, chunks) =>
      attempt(
        'writeFile',
        () => disk.writeFile(path, chunks),
        () => disk.writeFile(path, [(chunks[0] as Uint8Array).subarray(0, 5)]),
      ),
    syncFolder: (path) => attempt('syncFolder', () => disk.syncFolder(path)),
    rename: (from, to) => attempt('rename', () => disk.rename(from, to)),
    remove: (path) => attempt('remove', () => disk.remove(path)),
    readFile: (path) => attempt('readFile', () => disk.readFile(path)),
    fileSize: (path) => attempt('fileSize', () => disk.fileSize(path)),
    listFolders: (path, patterns) => attempt('listFolders', () => disk.listFolders(path, patterns)),
  };
}

const options = { keepLast: 2 } as const;

/** Two checkpoints, so that the next save rotates one out. */
async function prepare(): Promise<void> {
  const saver = new CheckpointSaver(folder, options);
  await saver.save(0, { counter: new Counter(0) });
  await saver.save(1, { counter: new Counter(1) });
}

async function operationsOf(epoch: number): Promise<string[]> {
  await prepare();
  const disk = failingDisk(() => false);
  await new CheckpointSaver(folder, { ...options, fileSystem: disk }).save(epoch, { counter: new Counter() });
  await rm(folder, { recursive: true });
  return disk.calls;
}

/** Whatever failed: epoch 1 is there, whole, as it was or as it was to become, and the next save leaves no orphan. */
async function expectNothingLost(epoch: number): Promise<void> {
  const saver = new CheckpointSaver(folder, options);
  const counter = new Counter(-1);
  const next = await saver.resume({ counter });
  expect([epoch, 1].map((saved) => saved + 1)).toContain(next);
  expect([1, 100]).toContain(counter.count);
  for (const checkpoint of await saver.list()) await saver.verify(checkpoint);
  await saver.verify(1);
  await saver.save(5, { counter: new Counter(5) });
  const left = await readdir(folder);
  expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
  expect(left).toHaveLength(2);
}

describe.each([
  ['a new checkpoint', 2],
  ['one that replaces another', 1],
])('while saving %s, storage', (_, epoch) => {
  it('fails once, at each operation in turn: nothing is lost, and the error names the path', async () => {
    const operations = await operationsOf(epoch);
    expect(operations.length).toBeGreaterThan(10);
    for (const index of operations.keys()) {
      await mkdir(folder, { recursive: true });
      await prepare();
      const fileSystem = failingDisk((call) => call === index + 1);
      const saver = new CheckpointSaver(folder, { ...options, fileSystem });
      await expect(saver.save(epoch, { counter: new Counter(100) }), operations[index]).rejects.toThrow(
        new RegExp(
          `^\\[loopwright/checkpoint\\] CheckpointSaver: cannot .*"${folder}.*no space left on device \\(ENOSPC\\)$`,
        ),
      );
      await expectNothingLost(epoch);
      await rm(folder, { recursive: true });
    }
    await mkdir(folder);
  });

  it('fails from some operation on, as when the process is killed there: nothing is lost', async () => {
    const operations = await operationsOf(epoch);
    for (const index of operations.keys()) {
      await mkdir(folder, { recursive: true });
      await prepare();
      const fileSystem = failingDisk((call) => call > index);
      const saver = new CheckpointSaver(folder, { ...options, fileSystem });
      await expect(saver.save(epoch, { counter: new Counter(100) }), operations[index]).rejects.toThrow(
        'cannot ',
      );
      await expectNothingLost(epoch);
      await rm(folder, { recursive: true });
    }
    await mkdir(folder);
  });
});

it('names the file and its size when a disk is full', async () => {
  const fileSystem = { ...nodeFileSystem, writeFile: () => Promise.reject(new Error('ENOSPC: full, write')) };
  const saver = new CheckpointSaver(folder, { fileSystem });
  await expect(saver.save(0, { counter: new Counter() })).rejects.toThrow(
    /cannot write \d+ bytes to ".*\.epoch-000000\.new-\d+-[0-9a-f]{8}\/state\.json": full \(ENOSPC\)$/,
  );
  expect(await readdir(folder)).toEqual([]);
});

it('after a failed save the next one is not held up', async () => {
  const fileSystem = failingDisk((call) => call === 4);
  const saver = new CheckpointSaver(folder, { fileSystem });
  const failed = saver.save(0, { counter: new Counter(0) });
  const saved = saver.save(1, { counter: new Counter(1) });
  await expect(failed).rejects.toThrow('ENOSPC');
  expect((await saved).epoch).toBe(1);
});

describe('what processes leave behind', () => {
  const deadProcess = () => spawnSync(process.execPath, ['--version']).pid;
  const unfinished = (pid: number) => `.epoch-000007.new-${pid}-0123abcd`;
  let events: CheckpointEvent[];
  const newSaver = () => {
    events = [];
    return new CheckpointSaver(folder, { onEvent: (event) => events.push(event) });
  };

  it('an unfinished folder of a dead process is removed; that of a live one, and what is not ours, stays', async () => {
    const dead = unfinished(deadProcess());
    const alive = unfinished(process.ppid);
    for (const name of [dead, alive, '.epoch-000007.backup', '.cache']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'state.json'), '{}');
    }
    await newSaver().save(0, { counter: new Counter() });
    expect((await readdir(folder)).sort()).toEqual(
      ['.cache', '.epoch-000007.backup', alive, 'epoch-000000'].sort(),
    );
    expect(events.map(({ kind }) => kind)).toEqual(['cleaned', 'saved']);
    expect(events[0]?.path).toBe(join(folder, dead));
  });

  it('one that carries our own number, from a life before, is removed', async () => {
    await mkdir(join(folder, unfinished(process.pid)));
    expect(await newSaver().resume({ counter: new Counter() })).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it('killed between the two renames of a replacement, the old checkpoint is put back', async () => {
    await newSaver().save(3, { counter: new Counter(33) });
    const aside = `.epoch-000003.old-${deadProcess()}-0123abcd`;
    await rename(join(folder, 'epoch-000003'), join(folder, aside));
    const counter = new Counter();
    expect(await newSaver().resume({ counter })).toBe(4);
    expect(counter.count).toBe(33);
    expect(events.map(({ kind }) => kind)).toEqual(['restored', 'resumed']);
    expect(await readdir(folder)).toEqual(['epoch-000003']);
  });

  it('killed after them, the old checkpoint is removed', async () => {
    await newSaver().save(3, { counter: new Counter(33) });
    await mkdir(join(folder, `.epoch-000003.old-${deadProcess()}-0123abcd`));
    const counter = new Counter();
    expect(await newSaver().resume({ counter })).toBe(4);
    expect(counter.count).toBe(33);
    expect(await readdir(folder)).toEqual(['epoch-000003']);
  });
});
