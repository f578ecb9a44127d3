/**
 * `npm run bench:setup`: makes the Python environment that the benchmarks compare with, in the user's cache. pip's own
 * settings say where the wheels come from; `PYTHON` names another Python than `python3`.
 * @packageDocumentation
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { environmentFolder, pythonOf, REQUIREMENTS } from './python.ts';

const folder = environmentFolder();
if (existsSync(pythonOf(folder))) {
  console.log(`${folder} is ready.`);
} else {
  make(folder);
  console.log(`${folder} is ready. Now: npm run bench -- step`);
}

/** An environment appears under its name when it is whole. Its programs are called as modules, so that it may be moved. */
function make(target: string): void {
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(target), { recursive: true });
  call(process.env.PYTHON ?? 'python3', ['-m', 'venv', unfinished]);
  call(pythonOf(unfinished), ['-m', 'pip', 'install', '--requirement', REQUIREMENTS]);
  renameSync(unfinished, target);
}

function call(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (status === 0) return;
  console.error(error?.message ?? `${program} ${args.join(' ')} failed`);
  process.exit(1);
}
