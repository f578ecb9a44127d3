/** What becomes of a save when its process ends, and of the lock. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CheckpointSaver } from '@loopwright/checkpoint';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});
// Savers that are garbage by now may be unlocking the folder meanwhile.
afterEach(() => rm(folder, { recursive: true, maxRetries: 3 }));

/** A part with 8 MB of state. */
const PROGRAM = `
  import { CheckpointSaver, nodeFileSystem } from '@loopwright/checkpoint';
  const data = new Float32Array(2e6);
  const part = {
    stateDict: () => ({ version: 1, weights: { dtype: 'float32', shape: [2e6], data } }),
    loadStateDict: () => {},
  };
  const folder = process.argv[1];
  const fullDisk = {
    ...nodeFileSystem,
    writeFile: (path, chunks) => path.endsWith('.safetensors')
      ? Promise.reject(new Error('ENOSPC: no space left on device, write'))
      : nodeFileSystem.writeFile(path, chunks),
  };
`;

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

const SOURCES = ['--import', import.meta.resolve('tsx'), '--conditions=loopwright-source'];

/** Runs a program in a process of its own. */
function start(program: string, options: readonly string[] = SOURCES): Running {
  const args = [...options, '--input-type=module', '--eval', PROGRAM + program, folder];
  const child = spawn(process.execPath, args, { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, ended };
}

describe('a save that nobody waits for is written before the process ends', () => {
  it.each([
    ['by itself', ''],
    ['by process.exit()', 'process.exit();'],
    ['by an error that nobody catches', 'throw new Error("the step failed");'],
    [
      'after its event loop was busy',
      'for (const end = Date.now() + 300; Date.now() < end; );  process.exit();',
    ],
  ])('%s', async (_, end) => {
    const { code, output } = await start(`
      const saver = new CheckpointSaver(folder);
      await saver.save(0, { part });
      ${end}
    `).ended;
    expect(output.includes('the step failed') ? 1 : 0).toBe(code);
    expect(await readdir(folder)).toEqual(['epoch-000000']);
    await new CheckpointSaver(folder).verify(0);
  });
});

describe('a save that failed and nobody knows', () => {
  it.each([
    ['ends the process with code 1 and says why', '', 1],
    [
      'does so after process.exit(0) too',
      'await new Promise((done) => setTimeout(done, 300)); process.exit(0);',
      1,
    ],
    [
      'and leaves another code as it is',
      'await new Promise((done) => setTimeout(done, 300)); process.exit(3);',
      3,
    ],
  ])('%s', async (_, end, expected) => {
    const { code, output } = await start(`
      const saver = new CheckpointSaver(folder, { fileSystem: fullDisk });
      await saver.save(0, { part });
      ${end}
    `).ended;
    expect(output).toMatch(
      /StorageError|CheckpointSaver: cannot write 8.0 MB to .* no space left on device \(ENOSPC\)/,
    );
    expect(code).toBe(expected);
  });

  it('is no more than a warning where the run is to go on', async () => {
    const { code, output } = await start(`
      const saver = new CheckpointSaver(folder, { fileSystem: fullDisk, onSaveError: 'warn' });
      await saver.save(0, { part });
    `).ended;
    expect(output).toMatch(/LoopwrightWarning: could not save .* no space left on device \(ENOSPC\)/);
    expect(code).toBe(0);
  });

  it('is said to be lost where it is cut off', async () => {
    const { code, output } = await start(`
      const never = { ...nodeFileSystem, syncFolder: () => new Promise(() => {}) };
      const saver = new CheckpointSaver(folder, { fileSystem: never });
      await saver.save(0, { part });
      process.exit();
    `).ended;
    expect(output).toMatch(/epoch-000000" was still being written when the process ended, and is lost/);
    expect(code).toBe(1);
  });
});

it('a failure that is borne is told of where the process ends with it', async () => {
  const { code, output } = await start(`
    import { rmSync } from 'node:fs';
    const saver = new CheckpointSaver(folder + '/run', { onSaveError: 'warn' });
    await saver.resume({ part });
    rmSync(folder + '/run', { recursive: true });
    await saver.save(0, { part });
    process.exit();
  `).ended;
  expect(output).toMatch(/LoopwrightWarning: could not save .*epoch-000000": .* has vanished/);
  expect(code).toBe(0);
});

it('a program that is given as text saves as the others, on the build, too', async () => {
  const saving = "await new CheckpointSaver(folder).save(0, { part });\nconsole.log('saved');";
  const { code, output } = await start(saving, []).ended;
  expect(output).toBe('saved\n');
  expect(code).toBe(0);
  expect((await new CheckpointSaver(folder).findLast())?.epoch).toBe(0);
});

describe('two processes that write to one folder', () => {
  const KEEPS_SAVING = `
    const saver = new CheckpointSaver(folder, { keepLast: 2, onEvent: ({ kind }) => console.log(kind) });
    for (let epoch = 0; ; epoch++) await saver.save(epoch, { part });
  `;

  it('the second is refused, readers are not, and a killed one’s lock is taken over', async () => {
    const { child, ended } = start(KEEPS_SAVING);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    const saver = new CheckpointSaver(folder);
    const part = { stateDict: () => ({ version: 1 }), loadStateDict: () => {} };
    const refused = new RegExp(`is being written to by process ${child.pid} on ".*" \\(since 20.*Z\\)`);
    await expect(saver.resume({ part })).rejects.toThrow(refused);
    await expect(saver.save(0, { part })).rejects.toThrow(refused);
    expect(await saver.findLast()).toBeDefined();
    child.kill('SIGKILL');
    await ended;
    const next = await saver.resume({ part });
    expect(next).toBeGreaterThan(0);
    for (const checkpoint of await saver.list()) await saver.verify(checkpoint);
    const hidden = (await readdir(folder)).filter((name) => name.startsWith('.'));
    expect(hidden).toEqual(['.lock']);
    await saver.close();
  });
});
