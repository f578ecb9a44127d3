/** Saving to real disks that are full, read-only or gone: small ones in memory, which only Linux's root may mount. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointSaver, StorageError } from '@loopwright/checkpoint';
import type { StateDict } from '@loopwright/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const canMount = tryToMount();

function mount(folder: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'loopwright-test', folder], { stdio: 'ignore' });
}

function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
}

function tryToMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-mount-'));
  try {
    mount(folder, 'size=1m');
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A part whose state takes so many bytes. */
class Part {
  data: Float32Array;
  constructor(bytes: number, value = 0) {
    this.data = new Float32Array(bytes / 4).fill(value);
  }
  stateDict(): StateDict {
    return { version: 1, data: { dtype: 'float32', shape: [this.data.length], data: this.data.slice() } };
  }
  loadStateDict({ data }: StateDict): void {
    this.data = (data as { data: Float32Array }).data;
  }
}

describe.runIf(canMount)('a disk of 2 MB', () => {
  let root: string;
  let disk: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'loopwright-disk-'));
    disk = join(root, 'disk');
    execFileSync('mkdir', [disk]);
    mount(disk, 'size=2m');
    folder = join(disk, 'checkpoints');
  });
  afterEach(() => {
    unmount(disk);
    rmSync(root, { recursive: true });
  });

  it('that is full: the error says how much is needed and free, and the checkpoint before is whole', async () => {
    const saver = new CheckpointSaver(folder, { keepLast: 1 });
    await saver.save(0, { part: new Part(800_000, 1) });
    await (await saver.save(1, { part: new Part(800_000, 2) })).written();
    await writeFile(join(disk, 'ballast'), new Uint8Array(600_000));
    const saved = await saver.save(2, { part: new Part(800_000, 3) });
    const error: Error = await saved.written().catch((error) => error);
    expect(error).toBeInstanceOf(StorageError);
    expect(error.message).toMatch(
      /cannot write 800\.1 kB to ".*state\.safetensors": no space left on device \(ENOSPC\); \d+.* are free on that disk$/,
    );
    expect(readdirSync(folder)).toEqual(['.lock', 'epoch-000001']);
    await saver.verify(1);

    await rm(join(disk, 'ballast'));
    await saver.save(2, { part: new Part(800_000, 3) });
    expect((await saver.list()).map(({ epoch }) => epoch)).toEqual([2]);
    await saver.close();
  });

  it('that fills up while a run goes on in spite of it: all that fit are there, and the last one resumes', async () => {
    const failed: string[] = [];
    const saver = new CheckpointSaver(folder, {
      onSaveError: 'warn',
      onEvent: ({ kind, message }) => kind === 'failed' && failed.push(message),
    });
    for (let epoch = 0; epoch < 6; epoch++) await saver.save(epoch, { part: new Part(600_000, epoch) });
    await saver.close();
    expect(failed).toHaveLength(3);
    const resumed = new Part(0);
    const next = new CheckpointSaver(folder);
    expect(await next.resume({ part: resumed })).toBe(3);
    expect(resumed.data).toEqual(new Part(600_000, 2).data);
    await next.close();
    expect(readdirSync(folder)).toEqual(['epoch-000000', 'epoch-000001', 'epoch-000002']);
  });

  it('that becomes read-only: it can still be loaded from, and saved to later', async () => {
    const saver = new CheckpointSaver(folder);
    await (await saver.save(0, { part: new Part(1000, 5) })).written();
    mount(disk, 'remount,ro');
    await saver.save(1, { part: new Part(1000) });
    await expect(saver.settled()).rejects.toThrow(
      /cannot create folder ".*": read-only file system \(EROFS\)$/,
    );
    const part = new Part(0);
    await saver.load(0, { part });
    expect(part.data[0]).toBe(5);
    mount(disk, 'remount,rw');
    await saver.save(1, { part });
    await saver.close();
    expect(readdirSync(folder)).toEqual(['epoch-000000', 'epoch-000001']);
  });

  it('that is read-only from the start: a run that cannot be saved does not begin, but can be loaded', async () => {
    const writer = new CheckpointSaver(folder);
    await writer.save(0, { part: new Part(1000, 5) });
    await writer.close();
    mount(disk, 'remount,ro');
    const saver = new CheckpointSaver(folder);
    const part = new Part(0);
    await expect(saver.resume({ part })).rejects.toThrow(/cannot create folder .*\(EROFS\)$/);
    await saver.load((await saver.findLast()) ?? 0, { part });
    expect(part.data[0]).toBe(5);
    await saver.close();
  });

  it('that is unmounted: nothing is written to what lies below', async () => {
    const saver = new CheckpointSaver(folder);
    await (await saver.save(0, { part: new Part(1000) })).written();
    unmount(disk);
    await saver.save(1, { part: new Part(1000) });
    await expect(saver.settled()).rejects.toThrow(`"${folder}" has vanished; it is not made again`);
    expect(readdirSync(disk)).toEqual([]);
    await saver.close();
    mount(disk, 'size=2m');
  });
});

it.runIf(!canMount)('disks are not tested here: mounting takes root on Linux', () => undefined);
