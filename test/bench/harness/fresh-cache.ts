import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { userCache } from '../../../packages/tensorflow/src/cache-layout.ts';

/** What a program's environment needs to use a cache. */
export type CacheEnvironment = Readonly<Record<string, string>>;

/**
 * Calls a function with a cache that is empty but for the engine: nobody finds what an earlier run has tuned or
 * compiled, so first steps are what they are on a machine that has not seen the model.
 */
export async function withFreshCache<T>(fn: (env: CacheEnvironment) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const own = join(folder, 'loopwright');
    mkdirSync(own);
    const host = { platform: process.platform, home: homedir(), env: process.env };
    symlinkSync(join(userCache(host), 'loopwright', 'engine'), join(own, 'engine'), 'junction');
    return await fn({ XDG_CACHE_HOME: folder, TORCHINDUCTOR_CACHE_DIR: join(folder, 'torchinductor') });
  } finally {
    process.off('exit', remove);
    remove();
  }
}
