import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import glob from 'fast-glob';
import type { Example } from './examples.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const scratch = join(root, 'node_modules/.cache/loopwright-docs');

/** Examples that would install software or write to the user's cache: these are never run. */
const withEffects = 'packages/tensorflow/src/install/**';

/** The source files in a folder whose docstrings' examples are tried. */
export function sourcesWithExamples(folder: string): string[] {
  return glob.sync(`${folder}/**/*.ts`, { cwd: root, ignore: ['**/*.test.ts', withEffects] }).sort();
}

/**
 * Runs a document's program as it stands, against this repository's sources, in an empty working directory.
 *
 * @throws what it printed to stderr, if it failed
 */
export function runDocument(example: Example): Promise<void> {
  return runProgram(writeExample(example));
}

/**
 * Runs the examples of a package's docstrings one after another in one process. Each is a module of its own, which finds
 * the names of `prelude.ts` and the exports of its own source file.
 *
 * @throws what failed, and where
 */
export function runDocstrings(packageName: string, examples: readonly Example[]): Promise<void> {
  const prelude = fileURLToPath(new URL('prelude.ts', import.meta.url));
  const runs = examples.map((example) => {
    const [at, source, module] = [
      `${example.path}:${example.line}`,
      join(root, example.path),
      writeExample(example),
    ];
    return `await runExample(${[at, source, module].map((text) => JSON.stringify(text)).join(', ')});`;
  });
  const program = [`import { runExample } from ${JSON.stringify(prelude)};`, ...runs];
  return runProgram(write(join(scratch, `${packageName}.mts`), program.join('\n')));
}

function writeExample({ path, line, code }: Example): string {
  const harness = fileURLToPath(new URL('expect-stated.ts', import.meta.url));
  const program = `import { expectStated } from ${JSON.stringify(harness)};${code}`;
  return write(join(scratch, `${path}.${line}.mts`), program);
}

function write(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function runProgram(file: string): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), 'loopwright-docs-'));
  const args = ['--import', import.meta.resolve('tsx'), '--conditions=loopwright-source', file];
  try {
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, args, { cwd, timeout: 200_000 }, (error, _, stderr) =>
        error === null ? resolve() : reject(new Error(`ended by ${error.signal ?? error.code}\n${stderr}`)),
      );
    });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
