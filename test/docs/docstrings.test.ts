import { readFileSync } from 'node:fs';
import glob from 'fast-glob';
import { describe, it } from 'vitest';
import { docstringExamples } from './examples.ts';
import { root, runDocstrings } from './run-examples.ts';

/** Examples that would install software or write to the user's cache: these are never run. */
const withEffects = 'packages/tensorflow/src/install/**';

const packages = glob
  .sync('packages/*/src', { cwd: root, onlyDirectories: true })
  .map((folder) => {
    const files = glob.sync(`${folder}/**/*.ts`, { cwd: root, ignore: ['**/*.test.ts', withEffects] }).sort();
    const examples = files.flatMap((path) =>
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
