import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findEngine } from '../../packages/tensorflow/src/find-engine.ts';

/**
 * Whether the tests that need the native engine can run. Where it is not installed they are left out by name and
 * number, never in silence, and under CI their absence is a failure.
 *
 * @param folders what holds the tests that run on nothing else, relative to `root`
 * @throws Error under CI, if the engine is not installed
 */
export function engineGate(root: string, folders: readonly string[]): boolean {
  const { engine, problem } = findEngine();
  if (engine !== undefined) return true;
  const files = folders.flatMap((folder) => testFiles(root, folder));
  const report = [
    `The native engine is not installed: ${problem}.`,
    `${files.length} test files need it and are left out:`,
    ...files.map((file) => `  ${file}`),
    'All others run on the pure JavaScript backend only.',
    'To install the engine: node packages/loopwright/bin/loopwright.js install',
  ].join('\n');
  if (isSet(process.env.CI)) throw new Error(report);
  console.warn(report);
  return false;
}

function testFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join(folder, path))
    .sort();
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
