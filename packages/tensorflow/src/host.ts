import { createRequire } from 'node:module';
import { homedir, release, userInfo } from 'node:os';
import { dirname, isAbsolute } from 'node:path';

/** What the engine depends on outside this package; tests pass another one. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** The C library's version where it is glibc, which is what Linux wheels are built for. */
  readonly glibc: string | undefined;
  /** The kernel's release, from which macOS versions follow. */
  readonly kernel: string;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** The program that runs JavaScript. */
  readonly node: string;
  /** The folder of `@tensorflow/tfjs-node-gpu`, whose binding is compiled. */
  readonly vendorPackage: string;
  /** The folder of the Node-API headers. */
  readonly nodeApiHeaders: string;
}

const require = createRequire(import.meta.url);

/** The machine and the process that this code runs in. */
export function thisHost(): Host {
  return {
    platform: process.platform,
    arch: process.arch,
    get glibc() {
      return glibcVersion();
    },
    kernel: release(),
    home: homeFolder(),
    env: process.env,
    node: process.execPath,
    vendorPackage: dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')),
    nodeApiHeaders: (require('node-api-headers') as { include_dir: string }).include_dir,
  };
}

/** How a platform is called in messages, for example `linux x64`. */
export function describePlatform({
  platform,
  arch,
  glibc,
}: Pick<Host, 'platform' | 'arch' | 'glibc'>): string {
  const musl = platform === 'linux' && glibc === undefined ? ' without glibc' : '';
  return `${platform} ${arch}${musl}`;
}

/**
 * The user's folder: `HOME` where that is a path, else what the system knows of the user. Containers run with users that
 * it knows nothing of; theirs is the root folder, as container runtimes set it.
 */
function homeFolder(): string {
  for (const find of [homedir, () => userInfo().homedir]) {
    try {
      const folder = find();
      if (isAbsolute(folder)) return folder;
    } catch {
      // The system knows no such user.
    }
  }
  return '/';
}

function glibcVersion(): string | undefined {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime;
}
