/** Installs in processes of their own: two at once, and one that is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type InstallOptions, install } from '@loopwright/tensorflow/install';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findEngine } from '../../../packages/tensorflow/src/find-engine.ts';
import { type FakeHostOptions, fakeMachine } from './fake-host.ts';
import { startFakeIndex } from './fake-index.ts';
import { makeWheel, tensorFlowContent } from './fake-wheel.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const script = fileURLToPath(new URL('install-process.ts', import.meta.url));
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function machine(options?: FakeHostOptions) {
  const made = fakeMachine(options);
  cleanUps.push(() => rmSync(made.folder, { recursive: true, force: true }));
  return { ...made, cache: join(made.folder, 'cache', 'loopwright', 'engine', 'linux-x64') };
}

/** Starts an install in a process of its own, which leads a group with what it starts. */
function startInstall(options: InstallOptions): ChildProcess & { output: () => string } {
  const flags = ['--import', 'tsx', '--conditions=loopwright-source'];
  const child = spawn(process.execPath, [...flags, script, JSON.stringify(options)], {
    cwd: root,
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return Object.assign(child, { output: () => output });
}

/** Kills an install and what it started at once, as a power cut would. */
async function killInstall(child: ChildProcess): Promise<void> {
  process.kill(-(child.pid as number), 'SIGKILL');
  await once(child, 'close');
}

describe('two installs at once', () => {
  it('do the work once', async () => {
    const made = machine();
    const { path } = await makeWheel(made.folder, tensorFlowContent);
    const both = [0, 1].map(() => startInstall({ host: made.host, wheel: path }));
    await Promise.all(both.map((child) => once(child, 'close')));
    expect(both.map((child) => child.output().trim()).sort()).toEqual(['installed', 'present']);
    expect(made.calls().filter((call) => call.endsWith('tfjs_binding.node'))).toHaveLength(1);
    expect(readdirSync(made.cache).sort()).toEqual(['current.json', 'tensorflow-2.21.0-cpu']);
  });
});

describe('an install that is killed', () => {
  it('while it downloads: the next one asks for the rest', async () => {
    const made = machine();
    const wheel = await makeWheel(made.folder, tensorFlowContent);
    const index = await startFakeIndex(wheel, { misbehave: ['stall'] });
    cleanUps.push(() => index.close());
    const first = startInstall({ host: made.host, indexUrl: index.url });
    const part = join(made.cache, 'downloads', `${wheel.filename}.part`);
    const received = () => statSync(part, { throwIfNoEntry: false })?.size ?? 0;
    await vi.waitFor(() => expect(received(), first.output()).toBeGreaterThan(0), 60_000);
    expect(index.requests).toHaveLength(1);
    await killInstall(first);
    expect(findEngine(made.host).engine).toBeUndefined();
    const { outcome } = await install({ host: made.host, indexUrl: index.url });
    expect(outcome).toBe('installed');
    expect(index.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(readdirSync(made.cache).sort()).toEqual(['current.json', 'tensorflow-2.21.0-cpu']);
  });

  it('while it compiles: the next one compiles, and downloads nothing', async () => {
    const made = machine({ compiler: 'slow' });
    const wheel = await makeWheel(made.folder, tensorFlowContent);
    const first = startInstall({ host: made.host, wheel: wheel.path });
    const compiling = () => made.calls().some((call) => call.includes('stderr_capture.cc'));
    await vi.waitFor(() => expect(compiling(), first.output()).toBe(true), 60_000);
    await killInstall(first);
    expect(findEngine(made.host).problem).toContain('no engine is installed');
    const repaired = machine({ env: { XDG_CACHE_HOME: join(made.folder, 'cache') } });
    expect(await install({ host: repaired.host })).toMatchObject({ outcome: 'installed' });
    const engine = join(made.cache, 'tensorflow-2.21.0-cpu');
    expect(readdirSync(engine).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
