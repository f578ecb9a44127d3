import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import glob from 'fast-glob';
import { expect, it } from 'vitest';
import { docstringExamples, type Example, markdownExample } from './examples.ts';
import { root, sourcesWithExamples } from './run-examples.ts';
import { typedExample } from './typed-example.ts';

const folder = join(root, 'node_modules/.cache/loopwright-docs/types');

/** As a strict user's, but for the source of the packages, which is there before they are built. */
const configuration = {
  extends: join(root, 'test/types/tsconfig.json'),
  compilerOptions: {
    noPropertyAccessFromIndexSignature: false,
    verbatimModuleSyntax: false,
    customConditions: ['loopwright-source'],
    allowImportingTsExtensions: true,
  },
  include: ['**/*.mts'],
};

/** Each block of a document imports what it needs, so that it can be taken alone; together they may import a name twice. */
const TWICE = 'error TS2300:';

it('the examples in documents and docstrings are well typed, as a strict user writes them', async () => {
  rmSync(folder, { recursive: true, force: true });
  const texts = glob.sync(['README.md', 'packages/*/README.md', 'docs/guide/*.md'], { cwd: root });
  const documents = examplesOf(texts, markdownExample);
  const docstrings = examplesOf(sourcesWithExamples('packages/*/src'), docstringExamples);
  expect(documents.length).toBeGreaterThan(20);
  expect(docstrings.length).toBeGreaterThan(300);
  for (const example of documents) write(example, `${example.code}\nexport {};\n`);
  for (const example of docstrings) write(example, typedExample(example));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration));

  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '--project', folder, '--pretty', 'false'];
  const output = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch((error) => error);
  // Errors of the packages' sources, which are not written for these settings, lie in another folder.
  const found = (output.stdout as string)
    .split('\n')
    .filter((line) => /^(packages|docs|README)[^ ]*\.mts\(/.test(line) && !line.includes(TWICE));
  expect(found).toEqual([]);
}, 120_000);

function examplesOf(
  paths: readonly string[],
  read: (path: string, text: string, how: { stated: boolean }) => Example[],
): Example[] {
  return paths.flatMap((path) => read(path, readFileSync(join(root, path), 'utf8'), { stated: false }));
}

function write({ path, line }: Example, code: string): void {
  const file = join(folder, `${path}.${line}.mts`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
}
