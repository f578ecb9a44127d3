import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GrowingFile } from './growing-file.ts';

let root: string;
let path: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'growing-')));
  path = join(root, 'log');
});
afterEach(() => rmSync(root, { recursive: true }));

/** What a reader sees of a file: its bytes as text, and `!` where it begins anew. */
async function readAll(file: GrowingFile): Promise<string> {
  let text = '';
  for (let growth = await file.next(); growth.kind !== 'same'; growth = await file.next()) {
    text += growth.kind === 'replaced' ? '!' : Buffer.from(growth.bytes).toString();
  }
  return text;
}

it('gives each byte once', async () => {
  writeFileSync(path, 'one');
  const file = new GrowingFile(root, 'log');
  expect(await readAll(file)).toBe('one');
  expect(await readAll(file)).toBe('');
  appendFileSync(path, ' two');
  expect(await readAll(file)).toBe(' two');
  expect(file.bytesRead).toBe(7);
});

it('gives a large file in pieces', async () => {
  const content = 'x'.repeat(5_000_000);
  writeFileSync(path, content);
  const file = new GrowingFile(root, 'log');
  const first = await file.next();
  expect(first.kind === 'grown' && first.bytes.length).toBeLessThan(content.length);
  expect((await readAll(file)).length + 2 ** 19).toBe(content.length);
});

it.each([
  ['cut', () => truncateSync(path, 4), 'firs'],
  ['written anew, longer', () => writeFileSync(path, 'another content, longer'), 'another content, longer'],
  [
    'replaced by a rename',
    () => {
      writeFileSync(`${path}.new`, 'first one');
      renameSync(`${path}.new`, path);
    },
    'first one',
  ],
])('notices a file that was %s', async (_, change, expected) => {
  writeFileSync(path, 'first one');
  const file = new GrowingFile(root, 'log');
  await readAll(file);
  change();
  expect(await readAll(file)).toBe(`!${expected}`);
});

it('throws for a file that is gone, and reads it when it is there again', async () => {
  writeFileSync(path, 'one');
  const file = new GrowingFile(root, 'log');
  await readAll(file);
  rmSync(path);
  await expect(file.next()).rejects.toThrow('ENOENT');
  writeFileSync(path, 'two');
  expect(await readAll(file)).toBe('!two');
});

it('follows no link, neither at the file nor on the way to it', async () => {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'outside-')));
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync(join(outside, 'secret'), path);
  await expect(new GrowingFile(root, 'log').next()).rejects.toThrow('no regular file');
  symlinkSync(outside, join(root, 'folder'));
  await expect(new GrowingFile(root, 'folder/secret').next()).rejects.toThrow('leads out of the folder');
  mkdirSync(join(root, 'other'));
  await expect(new GrowingFile(root, 'other').next()).rejects.toThrow('no regular file');
  rmSync(outside, { recursive: true });
});
