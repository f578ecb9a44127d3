/** The command as its user types it: it says where to look, warns of other machines, and ends when it is told to. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../../../packages/loopwright/src/cli.ts', import.meta.url));
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'board-command-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs `loopwright board` until it has said where it is, looks there, and interrupts it. */
async function runBoard(...options: string[]) {
  const args = [
    '--import',
    import.meta.resolve('tsx'),
    '--conditions=loopwright-source',
    cli,
    'board',
    root,
    '--port',
    '0',
  ];
  const child = spawn(process.execPath, [...args, ...options]);
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      const [found] = /http:\S+/.exec(stdout) ?? [];
      if (found !== undefined && stdout.includes('Ctrl-C')) resolve(found);
    });
    child.on('close', () => reject(new Error(stderr)));
  });
  const { status } = await fetch(`${url.replace('0.0.0.0', '127.0.0.1')}api/runs`);
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGINT');
  return { status, code: await ended, stdout, stderr };
}

it('serves on loopback until it is interrupted', async () => {
  const { status, code, stdout, stderr } = await runBoard();
  expect({ status, code, stderr }).toEqual({ status: 200, code: 0, stderr: '' });
  expect(stdout).toMatch(/^\S+: http:\/\/127\.0\.0\.1:\d+\/\nStop it with Ctrl-C\.\n$/);
});

it('warns if others can reach it', async () => {
  const { status, stderr } = await runBoard('--host', '0.0.0.0');
  expect(status).toBe(200);
  expect(stderr).toMatch(/^Warning: other machines can reach this page, and it asks for no password: /);
});
