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
import { StorageError } from './storage-error.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});
// Savers that are garbage by now may be unlocking the folder meanwhile.
afterEach(() => rm(folder, { recursive: true, maxRetries: 3 }));

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
    stat: (path) => attempt('stat', () => disk.stat(path)),
    touch: disk.touch,
    freeBytes: disk.freeBytes,
    listFolders: (path, patterns) => attempt('listFolders', () => disk.listFolders(path, patterns)),
  };
}

const options = { keepLast: 2 } as const;

/** Saves and waits until it is written. */
const write = async (saver: CheckpointSaver, epoch: number, count = epoch) =>
  (await saver.save(epoch, { counter: new Counter(count) })).written();

/** Two checkpoints, so that the next save rotates one out. */
async function prepare(): Promise<void> {
  const saver = new CheckpointSaver(folder, options);
  await write(saver, 0);
  await write(saver, 1);
  await saver.close();
}

async function operationsOf(epoch: number): Promise<string[]> {
  await prepare();
  const disk = failingDisk(() => false);
  const saver = new CheckpointSaver(folder, { ...options, fileSystem: disk });
  await write(saver, epoch);
  const calls = [...disk.calls];
  await saver.close();
  await rm(folder, { recursive: true });
  return calls;
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
  await write(saver, 5);
  await saver.close();
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
      await expect(write(saver, epoch, 100), operations[index]).rejects.toThrow(
        new RegExp(
          `^\\[loopwright/checkpoint\\] CheckpointSaver: cannot .*"${folder}.*no space left on device \\(ENOSPC\\)`,
        ),
      );
      await saver.close().catch(() => undefined);
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
      await expect(write(saver, epoch, 100), operations[index]).rejects.toThrow('cannot ');
      await saver.close().catch(() => undefined);
      await expectNothingLost(epoch);
      await rm(folder, { recursive: true });
    }
    await mkdir(folder);
  });
});

/** A disk that cannot take tensors. */
const brokenDisk = (code: string, says: string, free: () => Promise<number | undefined>): FileSystem => ({
  ...nodeFileSystem,
  writeFile: (path, chunks) =>
    path.endsWith('.safetensors')
      ? Promise.reject(Object.assign(new Error(`${code}: ${says}, write`), { code }))
      : nodeFileSystem.writeFile(path, chunks),
  freeBytes: free,
});
const unknown = () => Promise.reject(new Error('no such call'));

it.each([
  ['full', 'ENOSPC', 'no space left on device', async () => 1234, '; 1.2 kB are free on that disk'],
  ['full, no one knows how', 'ENOSPC', 'no space left on device', unknown, ''],
  ['used up by quota', 'EDQUOT', 'disk quota exceeded', async () => 5e9, '; 5.0 GB are free on that disk'],
  ['read-only', 'EROFS', 'read-only file system', async () => 1234, ''],
  ['broken', 'EIO', 'i/o error', async () => 1234, ''],
])('names the file and its size when a disk is %s', async (_, code, says, free, room) => {
  const saver = new CheckpointSaver(folder, { fileSystem: brokenDisk(code, says, free) });
  const error: Error = await write(saver, 0).catch((error) => error);
  expect(error).toBeInstanceOf(StorageError);
  expect((error.cause as NodeJS.ErrnoException).code).toBe(code);
  expect(error.message).toMatch(
    /cannot write 88 bytes to ".*\.epoch-000000\.new-\d+-[0-9a-f]{8}\/state\.safetensors": /,
  );
  expect(error.message.endsWith(`: ${says} (${code})${room}`)).toBe(true);
  expect(await readdir(folder)).toEqual(['.lock']);
});

describe('a save that fails beside the loop', () => {
  /** Fails where the given saves write tensors. */
  function disk(...failing: readonly number[]): FileSystem {
    let saves = 0;
    const broken = brokenDisk('EIO', 'i/o error', unknown);
    return {
      ...nodeFileSystem,
      writeFile: (path, chunks) =>
        path.endsWith('.safetensors') && failing.includes(saves++)
          ? broken.writeFile(path, chunks)
          : nodeFileSystem.writeFile(path, chunks),
    };
  }
  const counter = new Counter(7);
  const epochs = async () => (await new CheckpointSaver(folder).list()).map(({ epoch }) => epoch);

  it('is thrown by whatever is called next, once', async () => {
    const saver = new CheckpointSaver(folder, { fileSystem: disk(0, 1, 2) });
    await saver.save(0, { counter });
    await expect(saver.settled()).rejects.toThrow('i/o error (EIO)');
    await saver.settled();
    await saver.save(1, { counter });
    await expect(saver.findLast()).rejects.toThrow('state.safetensors": i/o error (EIO)');
    await saver.save(2, { counter });
    await expect(saver.close()).rejects.toThrow('i/o error (EIO)');
    await saver.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is thrown by the next save, which writes its own state before', async () => {
    const saver = new CheckpointSaver(folder, { fileSystem: disk(1) });
    await saver.save(0, { counter });
    await saver.save(1, { counter });
    await expect(saver.save(2, { counter })).rejects.toThrow('.epoch-000001.new-');
    await saver.save(3, { counter });
    await saver.settled();
    expect(await epochs()).toEqual([0, 2, 3]);
  });

  it('is thrown by the next save as that one’s failure, if it fails too', async () => {
    const saver = new CheckpointSaver(folder, { fileSystem: disk(0, 1) });
    await saver.save(0, { counter });
    await expect(saver.save(1, { counter })).rejects.toThrow('.epoch-000001.new-');
    await saver.settled();
  });

  it('is thrown by written() alone where that is asked for', async () => {
    const saver = new CheckpointSaver(folder, { fileSystem: disk(0) });
    const saved = await saver.save(0, { counter });
    await expect(saved.written()).rejects.toThrow('i/o error (EIO)');
    await saver.settled();
  });

  it('is told, and thrown by nothing, where the run is to go on', async () => {
    const events: CheckpointEvent[] = [];
    const saver = new CheckpointSaver(folder, {
      fileSystem: disk(1),
      onSaveError: 'warn',
      onEvent: (event) => events.push(event),
    });
    for (const epoch of [0, 1, 2]) await saver.save(epoch, { counter });
    await saver.settled();
    expect(events.map(({ kind }) => kind)).toEqual(['saved', 'failed', 'saved']);
    expect(events[1]?.path).toBe(join(folder, 'epoch-000001'));
    expect(events[1]?.message).toMatch(/^could not save ".*epoch-000001": .*i\/o error \(EIO\)$/);
    expect(await epochs()).toEqual([0, 2]);
  });

  it('is a warning of the process where nobody listens', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const saver = new CheckpointSaver(folder, { fileSystem: disk(0), onSaveError: 'warn' });
    await saver.save(0, { counter });
    expect((await warned).name).toBe('LoopwrightWarning');
    expect((await warned).message).toMatch(/^could not save /);
    await saver.settled();
  });

  it('is thrown in spite of that if it is no failure of storage', async () => {
    const saver = new CheckpointSaver(folder, { onSaveError: 'warn' });
    const broken = { stateDict: () => ({ version: 1, step: undefined as never }), loadStateDict: () => {} };
    await expect(saver.save(0, { broken })).rejects.toThrow('broken/step is no state value');
  });
});

it('a run may go on in a folder that cannot even be locked', async () => {
  let isReadOnly = true;
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    makeFolder: (path) =>
      isReadOnly
        ? Promise.reject(new Error('EROFS: read-only file system, mkdir'))
        : nodeFileSystem.makeFolder(path),
  };
  const strict = new CheckpointSaver(folder, { fileSystem });
  await expect(strict.resume({ counter: new Counter() })).rejects.toThrow(
    /cannot create folder .*\(EROFS\)$/,
  );
  const saver = new CheckpointSaver(folder, { fileSystem, onSaveError: 'warn', onEvent: () => {} });
  expect(await saver.resume({ counter: new Counter() })).toBe(0);
  await expect(write(saver, 0)).rejects.toThrow(StorageError);
  isReadOnly = false;
  expect((await write(saver, 1)).epoch).toBe(1);
});

it('a slow disk holds up the next save, and not the loop', async () => {
  let isOpen = false;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    writeFile: async (path, chunks) => {
      if (path.endsWith('.safetensors')) await gate;
      await nodeFileSystem.writeFile(path, chunks);
    },
  };
  const saver = new CheckpointSaver(folder, { fileSystem });
  const counter = new Counter(1);
  await saver.save(1, { counter });
  counter.count = 2;
  const second = saver.save(2, { counter }).then(() => {
    expect(isOpen).toBe(true);
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  isOpen = true;
  open();
  await second;
  for (const epoch of [1, 2]) {
    const restored = new Counter();
    await saver.load(epoch, { counter: restored });
    expect(restored.count).toBe(epoch);
  }
});

it('a folder that vanishes is not made again, and is gone on with when it is back', async () => {
  for (const fileSystem of [nodeFileSystem, { ...nodeFileSystem }]) {
    const place = join(folder, 'mounted');
    const saver = new CheckpointSaver(place, { fileSystem });
    await write(saver, 0);
    await rename(place, join(folder, 'elsewhere'));
    await expect(write(saver, 1)).rejects.toThrow(`"${place}" has vanished; it is not made again`);
    expect(await readdir(folder)).toEqual(['elsewhere']);
    await rename(join(folder, 'elsewhere'), place);
    expect((await write(saver, 1)).epoch).toBe(1);
    expect((await saver.list()).map(({ epoch }) => epoch)).toEqual([0, 1]);
    await saver.close();
    await rm(place, { recursive: true });
  }
});

it('a folder that was removed is made anew by the next saver', async () => {
  const place = join(folder, 'run');
  await write(new CheckpointSaver(place), 0);
  await rm(place, { recursive: true });
  expect(await new CheckpointSaver(place).resume({ counter: new Counter() })).toBe(0);
  expect(await readdir(place)).toEqual(['.lock']);
});

describe('what processes leave behind', () => {
  const deadProcess = () => spawnSync(process.execPath, ['--version']).pid;
  const unfinished = (pid: number) => `.epoch-000007.new-${pid}-0123abcd`;
  let events: CheckpointEvent[];
  const newSaver = () => {
    events = [];
    return new CheckpointSaver(folder, { onEvent: (event) => events.push(event) });
  };

  it('an unfinished folder is removed, whatever its process; what is not ours stays', async () => {
    const left = [unfinished(deadProcess()), unfinished(process.ppid), unfinished(process.pid)];
    for (const name of [...left, '.step-000007.gone-1-0123abcd', '.epoch-000007.backup', '.cache']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'state.json'), '{}');
    }
    await write(newSaver(), 0);
    expect((await readdir(folder)).sort()).toEqual([
      '.cache',
      '.epoch-000007.backup',
      '.lock',
      'epoch-000000',
    ]);
    expect(events.map(({ kind }) => kind)).toEqual([...Array(4).fill('cleaned'), 'saved']);
    expect(events.map(({ path }) => path)).toContain(join(folder, unfinished(process.ppid)));
  });

  it('killed between the two renames of a replacement, the old checkpoint is put back', async () => {
    await write(newSaver(), 3, 33);
    const aside = `.epoch-000003.old-${deadProcess()}-0123abcd`;
    await rename(join(folder, 'epoch-000003'), join(folder, aside));
    const counter = new Counter();
    expect(await newSaver().resume({ counter })).toBe(4);
    expect(counter.count).toBe(33);
    expect(events.map(({ kind }) => kind)).toEqual(['restored', 'resumed']);
    expect(await readdir(folder)).toEqual(['.lock', 'epoch-000003']);
  });

  it('killed after them, the old checkpoint is removed', async () => {
    await write(newSaver(), 3, 33);
    await mkdir(join(folder, `.epoch-000003.old-${deadProcess()}-0123abcd`));
    const counter = new Counter();
    expect(await newSaver().resume({ counter })).toBe(4);
    expect(counter.count).toBe(33);
    expect(await readdir(folder)).toEqual(['.lock', 'epoch-000003']);
  });
});
