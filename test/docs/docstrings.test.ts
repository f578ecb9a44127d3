import { readFileSync } from 'node:fs';
import glob from 'fast-glob';
import { describe, it } from 'vitest';
import { docstringExamples } from './examples.ts';
import { root, runDocstrings, sourcesWithExamples } from './run-examples.ts';

const packages = glob
  .sync('packages/*/src', { cwd: root, onlyDirectories: true })
  .map((folder) => {
    const examples = sourcesWithExamples(folder).flatMap((path) =>
      docstringExamples(path, readFileSync(`${root}/${path}`, 'utf8')),
    );
    return { name: folder.split('/')[1] ?? '', examples };
  })
  .filter(({ examples }) => examples.length > 0);

describe('examples in the docstrings run, and give the values they state', () => {
  it.concurrent.each(packages)('$name', async ({ name, examples }) => {
    await runDocstrings(name, examples);
  });
});
