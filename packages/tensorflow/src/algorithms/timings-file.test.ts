import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Machine } from './machine.ts';
import { timingsFile } from './machine.ts';
import { addTimings, readTimings } from './timings-file.ts';

const machine: Machine = {
  cpu: 'A CPU',
  features: ['avx2'],
  threads: 2,
  tensorflow: '2.21.0',
  oneDnn: '1',
  table: 1,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-timings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('keeps what is added, and of two measurements of a call the first', () => {
  const path = join(folder, 'made', 'timings.json');
  addTimings(path, machine, { one: { native: 3, windows: 1 } });
  addTimings(path, machine, { one: { native: 9 }, two: { native: 2 } });
  expect(readTimings(path)).toEqual({ one: { native: 3, windows: 1 }, two: { native: 2 } });
  expect(JSON.parse(readFileSync(path, 'utf8')).machine).toEqual(machine);
  expect(readdirSync(join(folder, 'made'))).toEqual(['timings.json']);
});

it('stays whole while several processes add to it', async () => {
  const path = join(folder, 'timings.json');
  const module = new URL('timings-file.ts', import.meta.url).href;
  const program = (writer: string) => `
    import { addTimings } from ${JSON.stringify(module)};
    const timings = {};
    for (let call = 0; call < 40; call++) {
      timings['${writer} ' + call] = { native: call };
      addTimings(${JSON.stringify(path)}, ${JSON.stringify(machine)}, timings);
    }`;
  const args = [
    '--import',
    import.meta.resolve('tsx'),
    '--conditions=loopwright-source',
    '--input-type=module',
  ];
  const run = promisify(execFile);
  await Promise.all(
    ['one', 'two'].map((writer) => run(process.execPath, [...args, '--eval', program(writer)])),
  );
  const kept = readTimings(path);
  expect(Object.keys(kept).length).toBeGreaterThanOrEqual(40);
  for (const [call, { native }] of Object.entries(kept)) expect(call).toMatch(new RegExp(` ${native}$`));
  expect(readdirSync(folder)).toEqual(['timings.json']);
});

it.each([
  ['cut off', '{ "timings": { "one"'],
  ['of another kind', '{ "timings": { "one": { "native": "fast" } } }'],
  ['a list', '[]'],
  ['null', 'null'],
])('takes a file that is %s for an empty one, and writes it anew', (_, content) => {
  const path = join(folder, 'timings.json');
  writeFileSync(path, content);
  expect(readTimings(path)).toEqual({});
  addTimings(path, machine, { one: { native: 3 } });
  expect(readTimings(path)).toEqual({ one: { native: 3 } });
});

it('leaves nothing behind where it cannot write', () => {
  const path = join(folder, 'timings.json', 'below-a-file.json');
  writeFileSync(join(folder, 'timings.json'), '{}');
  expect(() => addTimings(path, machine, {})).toThrow();
  expect(readdirSync(folder)).toEqual(['timings.json']);
});

it('names a file by all that the speed depends on', () => {
  const host = { platform: 'linux', home: '/home/somebody', env: {} } as const;
  const path = timingsFile(machine, host);
  expect(path).toMatch(/^\/home\/somebody\/\.cache\/loopwright\/algorithms\/[0-9a-f]{12}\.json$/);
  const others: Partial<Machine>[] = [
    { cpu: 'B' },
    { features: [] },
    { threads: 4 },
    { tensorflow: '2.20.0' },
    { oneDnn: '0' },
    { table: 2 },
  ];
  const paths = others.map((other) => timingsFile({ ...machine, ...other }, host));
  expect(new Set([path, ...paths]).size).toBe(others.length + 1);
});
