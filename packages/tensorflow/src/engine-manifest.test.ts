import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { MANIFEST_FILE, readManifest } from './engine-manifest.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopwright-manifest-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  '',
  'null',
  '[]',
  '{ "format": 2 }',
  '{ "format": 1, "tensorflow": "2.21.0", "variant": "cpu", "files": null }',
])('a manifest that is %j is none', (text) => {
  writeFileSync(join(folder, MANIFEST_FILE), text);
  expect(readManifest(folder)).toBeUndefined();
});
