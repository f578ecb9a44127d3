import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { engineGate } from './setup/engine-gate.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What holds tests of the engine itself, and of what runs only on it. All others run on both backends. */
const engineFolders = [
  'packages/tensorflow/src',
  'packages/loopwright/src',
  'test/integration',
  'test/faults',
  'test/docs',
];
const needsEngine = engineFolders.map((folder) => `${folder}/**/*.test.ts`);
const portable = ['packages/*/src/**/*.test.ts', 'test/{parity,property,regression}/**/*.test.ts'];

/** Packages of this repository resolve to their sources, so that no test waits for a build. */
const ssr = { resolve: { conditions: ['loopwright-source', 'node'] } };
/** Tests start whole programs, and machines differ: nothing is said of speed, only that a test that hangs ends. */
const patience = 240_000;
/** No algorithms are timed: tests take the same everywhere, and those of the choice set it themselves. */
const env = { LOOPWRIGHT_TUNE: 'off' };
const shared = { root, env, pool: 'forks' as const, testTimeout: patience, hookTimeout: patience };

const cpu = {
  ssr,
  test: {
    ...shared,
    name: 'cpu',
    include: [...portable, 'test/fuzz/**/*.test.ts'],
    exclude: needsEngine,
    setupFiles: ['test/setup/cpu.ts'],
  },
};
const native = {
  ssr,
  test: {
    ...shared,
    name: 'native',
    include: [...portable, ...needsEngine],
    setupFiles: ['test/setup/native.ts'],
  },
};

/** Two at least, on a machine of two cores as well: many tests wait for programs that they start. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  root,
  test: { maxWorkers, projects: engineGate(root, engineFolders) ? [cpu, native] : [cpu] },
});
