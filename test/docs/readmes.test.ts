import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import glob from 'fast-glob';
import { describe, expect, it } from 'vitest';
import { runExample, typescriptBlocks } from './run-example.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documents = glob
  .sync(['README.md', 'packages/*/README.md', 'docs/guide/*.md'], { cwd: root })
  .map((path) => ({ path, blocks: typescriptBlocks(readFileSync(`${root}/${path}`, 'utf8')) }))
  .filter(({ blocks }) => blocks.length > 0);

describe('examples in the documents run', () => {
  it.each(documents)('$path', async ({ path, blocks }) => {
    await expect(runExample(path, blocks.join('\n'))).resolves.toBeDefined();
  });

  it('are there: every public package has one', () => {
    const packages = glob.sync('packages/*/package.json', { cwd: root });
    const open = packages.filter((path) => JSON.parse(readFileSync(`${root}/${path}`, 'utf8')).private !== true);
    const missing = open
      .map((path) => path.replace('package.json', 'README.md'))
      .filter((path) => !documents.some((document) => document.path === path));
    expect(missing).toEqual([]);
  });
});
