import { readFileSync } from 'node:fs';
import glob from 'fast-glob';
import { describe, expect, it } from 'vitest';
import { markdownExample } from './examples.ts';
import { root, runDocument } from './run-examples.ts';

const documents = glob
  .sync(['README.md', 'packages/*/README.md', 'docs/guide/*.md'], { cwd: root })
  .flatMap((path) => markdownExample(path, readFileSync(`${root}/${path}`, 'utf8')));

describe('examples in the documents run, and give the values they state', () => {
  it.concurrent.each(documents)('$path', async (document) => {
    await runDocument(document);
  });

  it('are there: every public package has one', () => {
    const packages = glob.sync('packages/*/package.json', { cwd: root });
    const open = packages.filter(
      (path) => JSON.parse(readFileSync(`${root}/${path}`, 'utf8')).private !== true,
    );
    const missing = open
      .map((path) => path.replace('package.json', 'README.md'))
      .filter((path) => !documents.some((document) => document.path === path));
    expect(missing).toEqual([]);
  });
});
