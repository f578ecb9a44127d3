import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface TfjsCopy {
  readonly path: string;
  readonly version: string;
}

/** The packages that bring a TensorFlow.js core along. */
const BRINGERS = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-layers',
];

/**
 * The copies of `@tensorflow/tfjs-core` that a project and this package see. Each keeps its own registry of backends
 * and its own tensors, so more than one means "not a tensor of this engine" errors.
 *
 * @param project the folder that imports are resolved from
 */
export function tfjsCopies(project: string): TfjsCopy[] {
  const starts = [join(project, 'package.json'), import.meta.url];
  const bringers = starts.flatMap((start) => BRINGERS.flatMap((name) => resolveManifest(name, start) ?? []));
  const cores = [...starts, ...bringers].flatMap(
    (start) => resolveManifest('@tensorflow/tfjs-core', start) ?? [],
  );
  return [...new Set(cores)].map((manifest) => ({
    path: dirname(manifest),
    version: (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version,
  }));
}

function resolveManifest(name: string, from: string): string | undefined {
  try {
    return realpathSync(createRequire(from).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
