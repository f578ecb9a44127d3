import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = join(root, 'node_modules/.cache/loopwright-docs');

/** The contents of a Markdown file's TypeScript blocks, in order. */
export function typescriptBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
}

/**
 * Runs TypeScript as a program of its own against this repository's sources, in an empty working directory.
 *
 * @returns what it printed
 * @throws what it printed to stderr, if it failed
 */
export async function runExample(name: string, source: string): Promise<string> {
  mkdirSync(sources, { recursive: true });
  const file = join(sources, `${name.replaceAll('/', '-')}.mts`);
  writeFileSync(file, source);
  const cwd = mkdtempSync(join(tmpdir(), 'loopwright-docs-'));
  const tsx = import.meta.resolve('tsx');
  const args = ['--import', tsx, '--conditions=loopwright-source', file];
  try {
    return await new Promise((resolve, reject) => {
      execFile(process.execPath, args, { cwd, timeout: 60_000 }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(`${name}:\n${stderr}`)),
      );
    });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
