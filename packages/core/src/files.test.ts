import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile, replaceFileSync } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

describe.each([
  ['replaceFile', replaceFile],
  ['replaceFileSync', async (path: string, content: string) => replaceFileSync(path, content)],
])('%s', (_, replace) => {
  it('makes a file, and puts another in its place', async () => {
    const path = join(folder, 'a.txt');
    await replace(path, 'one');
    await replace(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('leaves what was there, and nothing else, where it cannot write', async () => {
    const path = join(folder, 'a.txt');
    mkdirSync(path);
    writeFileSync(join(path, 'inside'), 'kept');
    await expect(replace(path, 'two')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['a.txt']);
    expect(readFileSync(join(path, 'inside'), 'utf8')).toBe('kept');
    await expect(replace(join(folder, 'missing', 'b.txt'), 'x')).rejects.toThrow(/ENOENT/);
  });

  it('is whole for a reader at any time', async () => {
    const path = join(folder, 'a.txt');
    await replace(path, 'a'.repeat(100_000));
    const writes = Array.from({ length: 8 }, (_unused, index) =>
      replace(path, `${index % 10}`.repeat(100_000)),
    );
    for (let read = 0; read < 20; read++) {
      expect(new Set(readFileSync(path, 'utf8')).size).toBe(1);
      await new Promise(setImmediate);
    }
    await Promise.all(writes);
    expect(readFileSync(path, 'utf8')).toHaveLength(100_000);
  });
});

it('joins pieces of bytes', async () => {
  const path = join(folder, 'bytes');
  await replaceFile(path, [Uint8Array.of(1, 2), Uint8Array.of(3)]);
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  const many = Array.from({ length: 3000 }, (_, index) => new Uint8Array(index % 3).fill(index));
  await replaceFile(path, many);
  expect(readFileSync(path).equals(Buffer.concat(many))).toBe(true);
});
