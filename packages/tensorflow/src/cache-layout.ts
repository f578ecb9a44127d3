import { isAbsolute, join } from 'node:path';
import type { Host } from './host.ts';
import type { Variant } from './tensorflow-versions.ts';

/**
 * Where engines live, one folder a user and platform:
 *
 * ```
 * ~/.cache/loopwright/engine/linux-x64/
 *   current.json                the engine that is loaded
 *   install.lock                held while somebody installs
 *   downloads/                  wheels, finished and not, while somebody installs
 *   tensorflow-2.21.0-cpu/
 *     engine.json               what was installed; written last
 *     tensorflow/               the two libraries, and the headers that a binding compiles against
 *     nvidia/                   CUDA's libraries, in the gpu variant
 *     binding-0123456789ab/     the compiled binding, named by the hash of its sources, and what was compiled
 * ```
 */
export interface CacheLayout {
  readonly root: string;
  readonly current: string;
  readonly lock: string;
  readonly downloads: string;
}

/** The folders for a host. `XDG_CACHE_HOME` counts where it is an absolute path. */
export function cacheLayout(host: Pick<Host, 'platform' | 'arch' | 'home' | 'env'>): CacheLayout {
  const root = join(userCache(host), 'loopwright', 'engine', `${host.platform}-${host.arch}`);
  return {
    root,
    current: join(root, 'current.json'),
    lock: join(root, 'install.lock'),
    downloads: join(root, 'downloads'),
  };
}

/** The name of an engine's folder. */
export function engineName(tensorflow: string, variant: Variant): string {
  return `tensorflow-${tensorflow}-${variant}`;
}

/** The two libraries of a wheel, relative to its `tensorflow` folder. */
export function libraryNames(platform: NodeJS.Platform): readonly [string, string] {
  return platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
}

/** The folder in which a user's programs keep what they can make again. */
export function userCache({ platform, home, env }: Pick<Host, 'platform' | 'home' | 'env'>): string {
  const xdg = env.XDG_CACHE_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return join(home, '.cache');
}
