import { fileURLToPath } from 'node:url';
import { benchPython } from '../python.ts';
import type { Program } from './benchmark.ts';

/** Options of a program, written `--name value`. Those that are undefined are left out. */
export type Flags = Readonly<Record<string, string | number | undefined>>;

/** The environment in which our package leaves TensorFlow.js's kernels as they are. */
export const withoutAcceleration = { LOOPWRIGHT_ACCELERATE: '0', LOOPWRIGHT_IN_PLACE: '0' } as const;

/** A program of `test/bench/programs`, which runs on the packages' sources. */
export function typescript(file: string, flags: Flags, env?: Program['env']): Program {
  const path = fileURLToPath(new URL(`../programs/${file}`, import.meta.url));
  const loading = ['--conditions=loopwright-source', '--import', import.meta.resolve('tsx')];
  return { command: process.execPath, args: [...loading, path, ...words(flags)], ...(env && { env }) };
}

/** A program of `test/bench/torch`, which runs in the environment that `npm run bench:setup` made. */
export function python(file: string, flags: Flags): Program {
  const path = fileURLToPath(new URL(`../torch/${file}`, import.meta.url));
  return { command: benchPython(), args: [path, ...words(flags)], remedy: 'npm run bench:setup' };
}

function words(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}
