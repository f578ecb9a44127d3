import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { userCache } from '../../packages/tensorflow/src/cache-layout.ts';

/** What the Python side needs, with exact versions. */
export const REQUIREMENTS = fileURLToPath(new URL('torch/requirements.txt', import.meta.url));

/**
 * The folder of the virtual environment in the user's cache, named by what it holds: other requirements, another
 * environment.
 */
export function environmentFolder(env: NodeJS.ProcessEnv = process.env): string {
  const cache = userCache({ platform: process.platform, home: homedir(), env });
  const digest = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  return join(cache, 'loopwright', 'bench', `python-${digest}`);
}

/** The Python of an environment. */
export function pythonOf(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/** The Python that PyTorch is measured with: `LOOPWRIGHT_BENCH_PYTHON`, else that of `npm run bench:setup`. */
export function benchPython(env: NodeJS.ProcessEnv = process.env): string {
  return env.LOOPWRIGHT_BENCH_PYTHON ?? pythonOf(environmentFolder(env));
}
