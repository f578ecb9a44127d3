import { LoopwrightError } from '@loopwright/core';
import { type InstallResult, install as installEngine, type Variant } from '@loopwright/tensorflow/install';
import { installDisplay } from '../terminal/install-display.ts';
import { readOptions, type Terminal, UsageError } from '../terminal/terminal.ts';

/** `loopwright install`: provides the native engine. */
export async function install(args: string[], { stdout, stderr }: Terminal): Promise<number> {
  const options = readOptions(args, {
    tensorflow: { type: 'string' },
    variant: { type: 'string' },
    wheel: { type: 'string' },
    'index-url': { type: 'string' },
    force: { type: 'boolean' },
    optional: { type: 'boolean' },
  });
  const { tensorflow, wheel, force = false, optional = false, 'index-url': indexUrl } = options;
  const variant = readVariant(options.variant);
  const display = installDisplay(stderr);
  const started = performance.now();
  try {
    const result = await installEngine({
      force,
      onProgress: display.onProgress,
      ...(tensorflow === undefined ? {} : { tensorflow }),
      ...(variant === undefined ? {} : { variant }),
      ...(wheel === undefined ? {} : { wheel }),
      ...(indexUrl === undefined ? {} : { indexUrl }),
    });
    display.close();
    stdout.write(`${describe(result, (performance.now() - started) / 1000)}\n`);
    return 0;
  } catch (error) {
    display.close();
    if (!(error instanceof LoopwrightError)) throw error;
    stderr.write(`${error.message}\n`);
    if (optional) stderr.write('Going on without it: everything runs in pure JavaScript, far slower.\n');
    return optional ? 0 : 1;
  }
}

function readVariant(variant: string | undefined): Variant | undefined {
  if (variant === undefined || variant === 'cpu' || variant === 'gpu') return variant;
  throw new UsageError(`--variant must be cpu or gpu, got "${variant}"`);
}

function describe(result: InstallResult, seconds: number): string {
  const { outcome, tensorflow, variant, extension, folder } = result;
  const lack = extension
    ? ''
    : "\nIt lacks Loopwright's extension. What that means, and what to do: npx loopwright doctor";
  const engine = `TensorFlow ${tensorflow} (${variant ?? "the vendor's own build"})`;
  const done = outcome === 'present' ? 'is installed already' : `was installed in ${seconds.toFixed(0)} s`;
  return `${engine} ${done}, in ${folder}${lack}`;
}
