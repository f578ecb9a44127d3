import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import glob from 'fast-glob';
import { expect, it } from 'vitest';
import { markdownExample } from './examples.ts';
import { root } from './run-examples.ts';

const folder = join(root, 'node_modules/.cache/loopwright-docs/types');

/** As a strict user's, but for the source of the packages, which is there before they are built. */
const configuration = {
  extends: join(root, 'test/types/tsconfig.json'),
  compilerOptions: {
    noPropertyAccessFromIndexSignature: false,
    customConditions: ['loopwright-source'],
    allowImportingTsExtensions: true,
  },
  include: ['**/*.mts'],
};

/** Each block imports what it needs, so that it can be taken alone; together they may import a name twice. */
const TWICE = 'error TS2300:';

it('the examples in the documents are well typed, as a strict user writes them', async () => {
  rmSync(folder, { recursive: true, force: true });
  const documents = glob.sync(['README.md', 'packages/*/README.md', 'docs/guide/*.md'], { cwd: root });
  const examples = documents.flatMap((path) =>
    markdownExample(path, readFileSync(join(root, path), 'utf8'), { stated: false }),
  );
  expect(examples.length).toBeGreaterThan(20);
  for (const { path, code } of examples) {
    const file = join(folder, `${path}.mts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${code}\nexport {};\n`);
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '--project', folder, '--pretty', 'false'];
  const output = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch((error) => error);
  // Errors of the packages' sources, which are not written for these settings, start with another folder.
  const found = (output.stdout as string)
    .split('\n')
    .filter((line) => /^(packages|docs|README)[^ ]*\.mts\(/.test(line));
  expect(found.filter((line) => !line.includes(TWICE))).toEqual([]);
}, 120_000);
