import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Tests of the engine itself, and of what runs only on it. All others run on both backends. */
const needsEngine = [
  'packages/{tensorflow,loopwright}/src/**/*.test.ts',
  'test/{integration,docs}/**/*.test.ts',
];
const portable = ['packages/*/src/**/*.test.ts', 'test/{parity,property,regression}/**/*.test.ts'];

/** Packages of this repository resolve to their sources, so that no test waits for a build. */
const ssr = { resolve: { conditions: ['loopwright-source', 'node', 'import', 'default'] } };
const shared = { root, pool: 'forks' as const, testTimeout: 60_000 };

export default defineConfig({
  root,
  test: {
    projects: [
      {
        ssr,
        test: {
          ...shared,
          name: 'cpu',
          include: portable,
          exclude: needsEngine,
          setupFiles: ['test/setup/cpu.ts'],
        },
      },
      {
        ssr,
        test: {
          ...shared,
          name: 'native',
          include: [...portable, ...needsEngine],
          setupFiles: ['test/setup/native.ts'],
        },
      },
    ],
  },
});
