import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import glob from 'fast-glob';
import { describe, expect, it } from 'vitest';
import { runExample } from './run-example.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The `@example` blocks of a source file, each with the line it starts on. */
function docstringExamples(path: string): { at: string; code: string }[] {
  const source = readFileSync(`${root}/${path}`, 'utf8');
  return [...source.matchAll(/^ *\* @example\n((?: *\*(?!\/| @).*\n)+)/gm)].map((match) => {
    const line = source.slice(0, match.index).split('\n').length;
    const code = (match[1] ?? '')
      .replace(/^ *\* ?/gm, '')
      .replace(/^```.*$/gm, '')
      .replace(/^import [^;]*;$/gm, '');
    return { at: `${path}:${line}`, code };
  });
}

/** One program for a package: its examples one after another, each in a function of its own. */
function program(examples: readonly { at: string; code: string }[]): string {
  const prelude = fileURLToPath(new URL('prelude.ts', import.meta.url));
  const bodies = examples.map(({ at, code }) => `await example(${JSON.stringify(at)}, async () => {\n${code}\n});`);
  return `import { example } from ${JSON.stringify(prelude)};\n${bodies.join('\n')}`;
}

const packages = glob
  .sync('packages/*/src', { cwd: root, onlyDirectories: true })
  .map((folder) => {
    const files = glob.sync(`${folder}/**/*.ts`, { cwd: root, ignore: ['**/*.test.ts'] }).sort();
    return { name: folder.split('/')[1] ?? '', examples: files.flatMap(docstringExamples) };
  })
  .filter(({ examples }) => examples.length > 0);

describe('examples in the docstrings run', () => {
  it.each(packages)('$name', async ({ name, examples }) => {
    await expect(runExample(`docstrings-${name}`, program(examples))).resolves.toBeDefined();
  });
});
