import { basename } from 'node:path';
import { checker } from '@loopwright/core';
import { type CacheLayout, cacheLayout } from '../cache-layout.ts';
import { type Host, thisHost } from '../host.ts';
import { compareVersions, isRelease, TENSORFLOW_RANGE, type Variant } from '../tensorflow-versions.ts';
import type { OnProgress } from './progress.ts';
import { parseWheelName } from './wheel-name.ts';

export interface InstallOptions {
  /** A TensorFlow release, such as `2.21.0`; by default the newest of {@link TENSORFLOW_RANGE}. */
  readonly tensorflow?: string;
  /** By default whichever is installed, else `cpu`. */
  readonly variant?: Variant;
  /** A wheel on the disk, in the stead of a download. */
  readonly wheel?: string;
  /** The root of a simple API, in the stead of what the user's settings name. */
  readonly indexUrl?: string;
  /** Installs anew what is there already. */
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
  /** The machine to install on; this one by default. */
  readonly host?: Host;
}

/** The options with everything decided. */
export interface InstallPlan {
  readonly host: Host;
  readonly layout: CacheLayout;
  /** The releases that will do. */
  readonly range: string;
  /** Undefined if either will do. */
  readonly variant: Variant | undefined;
  readonly wheel: string | undefined;
  readonly indexUrl: string | undefined;
  readonly force: boolean;
  readonly onProgress: OnProgress;
}

export const check = checker('tensorflow', 'install');

/** Checks the options and fills in what they leave open. */
export function planInstall(options: InstallOptions): InstallPlan {
  check.options(options, ['tensorflow', 'variant', 'wheel', 'indexUrl', 'force', 'onProgress', 'host']);
  const { tensorflow, variant, wheel, indexUrl, force = false, onProgress = () => {} } = options;
  if (tensorflow !== undefined && !isRelease(tensorflow)) {
    check.fail(`tensorflow must be a release such as "2.21.0", got ${JSON.stringify(tensorflow)}`);
  }
  if (variant !== undefined) check.oneOf('variant', variant, ['cpu', 'gpu']);
  if (wheel !== undefined) check.string('wheel', wheel);
  if (indexUrl !== undefined && !/^(https?|file):\/\//.test(check.string('indexUrl', indexUrl))) {
    check.fail(`indexUrl must begin with https://, http:// or file://, got ${JSON.stringify(indexUrl)}`);
  }
  const host = options.host ?? thisHost();
  const named = wheel === undefined ? undefined : parseWheelName(basename(wheel));
  if (named?.project === 'tensorflow-cpu' && variant === 'gpu') {
    check.fail('variant is "gpu", and wheel is of tensorflow-cpu, which computes on no GPU');
  }
  if (named && tensorflow !== undefined && compareVersions(named.version, tensorflow) !== 0) {
    check.fail(`tensorflow is "${tensorflow}", and wheel is of ${named.version}`);
  }
  const release = tensorflow ?? named?.version;
  return {
    host,
    layout: cacheLayout(host),
    range: release === undefined ? TENSORFLOW_RANGE : `==${release}`,
    variant,
    wheel,
    indexUrl,
    force: check.boolean('force', force),
    onProgress: check.func('onProgress', onProgress),
  };
}

/** Whether any engine satisfies the user, the vendor's older build too. */
export function anyEngineWillDo({ range, variant, wheel }: InstallPlan): boolean {
  return range === TENSORFLOW_RANGE && variant !== 'gpu' && wheel === undefined;
}
