import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import glob from 'fast-glob';
import { describe, expect, it } from 'vitest';
import { root } from './run-examples.ts';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | { readonly 'loopwright-source': string }>>;
}

/** All but the umbrella package, whose exports are the others'. */
const packages = glob
  .sync('packages/*/package.json', { cwd: root, absolute: true, ignore: ['packages/loopwright/**'] })
  .map((path) => ({ folder: dirname(path), manifest: JSON.parse(readFileSync(path, 'utf8')) as Manifest }))
  .filter(({ manifest }) => manifest.private !== true);

describe('every exported function and class has an example', () => {
  it.each(packages)('$manifest.name', async ({ folder, manifest }) => {
    const modules = await Promise.all(entryPoints(folder, manifest).map((path) => import(path)));
    const described = namesWithExample(folder);
    const missing = new Set(modules.flatMap(callables).filter((name) => !described.has(name)));
    expect([...missing]).toEqual([]);
  });
});

/** The functions and classes of a package's files whose docstring has an example. */
function namesWithExample(folder: string): Set<string> {
  const described =
    /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\nexport (?:async |abstract )*(?:function\*?|class|const) (\w+)/g;
  const names = glob
    .sync('src/**/*.ts', { cwd: folder, absolute: true, ignore: ['**/*.test.ts'] })
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(described)])
    .filter(([, docstring]) => docstring?.includes('@example'))
    .map(([, , name = '']) => name);
  return new Set(names);
}

function entryPoints(folder: string, { exports }: Manifest): string[] {
  return Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [join(folder, entry['loopwright-source'])],
  );
}

/** What a module exports to call or construct, namespaces included. TensorFlow.js itself is not ours to describe. */
function callables(module: object): string[] {
  return Object.entries(module).flatMap(([name, value]) => {
    if (typeof value === 'function') return [name];
    return name !== 'tf' && value?.[Symbol.toStringTag] === 'Module' ? callables(value) : [];
  });
}
