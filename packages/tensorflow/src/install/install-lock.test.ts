import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { processTable, withInstallLock } from './install-lock.ts';

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-lock-'));
  lock = join(folder, 'deeper', 'install.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const unexpected = () => expect.unreachable('nobody else holds the lock');

it('runs one task after the other, and tells the second whom it waits for', async () => {
  const events: string[] = [];
  const task = (name: string) => async () => {
    events.push(`${name} begins`);
    await sleep(50);
    events.push(`${name} ends`);
  };
  const waited: number[] = [];
  const first = withInstallLock(lock, task('first'), unexpected);
  await sleep(20);
  await Promise.all([first, withInstallLock(lock, task('second'), (pid) => waited.push(pid))]);
  expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(waited).toEqual([process.pid]);
  expect(existsSync(lock)).toBe(false);
});

it('returns what the task returns, and lets go when it throws', async () => {
  expect(await withInstallLock(lock, async () => 7, unexpected)).toBe(7);
  const failing = withInstallLock(lock, () => Promise.reject(new Error('no')), unexpected);
  await expect(failing).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

it('replaces a holder whose process is gone', async () => {
  await withInstallLock(lock, async () => {}, unexpected);
  writeFileSync(lock, JSON.stringify({ token: 'dead', pid: 2 ** 30, processes: processTable() }));
  expect(await withInstallLock(lock, async () => 'taken over', unexpected)).toBe('taken over');
});

it('replaces a holder on another machine that shows no life any more, and waits for one that does', async () => {
  await withInstallLock(lock, async () => {}, unexpected);
  writeFileSync(lock, JSON.stringify({ token: 'far', pid: 1, processes: 'elsewhere' }));
  const started = performance.now();
  const times = { staleAfter: 300 };
  await withInstallLock(
    lock,
    async () => {},
    () => {},
    times,
  );
  expect(performance.now() - started).toBeGreaterThan(250);
  writeFileSync(lock, 'unreadable');
  utimesSync(lock, new Date(0), new Date(0));
  expect(await withInstallLock(lock, async () => 1, unexpected, times)).toBe(1);
});

it('leaves no lock behind that could not be written, as where the disk is full', async () => {
  vi.resetModules();
  vi.doMock('node:fs/promises', async (original) => {
    const fs = await original<typeof import('node:fs/promises')>();
    const full = () => Promise.reject(new Error('ENOSPC: no space left on device, write'));
    const open: typeof fs.open = async (...args) =>
      Object.assign(await fs.open(...args), { writeFile: full });
    return { ...fs, open };
  });
  const filled = await import('./install-lock.ts');
  vi.doUnmock('node:fs/promises');
  await expect(filled.withInstallLock(lock, async () => {}, unexpected)).rejects.toThrow('no space left');
  expect(existsSync(lock)).toBe(false);
});

it('waits for a holder in another container of the same name, whose process it cannot see', async () => {
  await withInstallLock(lock, async () => {}, unexpected);
  const processes = `${hostname()} pid:[1]`;
  writeFileSync(lock, JSON.stringify({ token: 'unseen', pid: 2 ** 30, processes }));
  const waited: number[] = [];
  await withInstallLock(
    lock,
    async () => {},
    (pid) => waited.push(pid),
    { staleAfter: 300 },
  );
  expect(waited).toEqual([2 ** 30]);
});

it('keeps a lock alive for as long as the task runs', async () => {
  const times = { heartbeat: 30, staleAfter: 200 };
  let running = 0;
  const task = async () => {
    running++;
    expect(running).toBe(1);
    await sleep(500);
    running--;
  };
  await Promise.all([0, 1].map(() => withInstallLock(lock, task, () => {}, times)));
});
