import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tfjsCopies } from './tfjs-copies.ts';

const project = mkdtempSync(join(tmpdir(), 'loopwright-copies-'));
afterAll(() => rmSync(project, { recursive: true }));

it('sees the copy that a project has beside this package’s', () => {
  const copy = join(project, 'node_modules', '@tensorflow', 'tfjs-core');
  mkdirSync(copy, { recursive: true });
  const manifest = { name: '@tensorflow/tfjs-core', version: '3.0.0' };
  writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
  expect(tfjsCopies(project).map(({ version }) => version)).toEqual(['3.0.0', '4.22.0']);
  expect(tfjsCopies(process.cwd())).toHaveLength(1);
});
