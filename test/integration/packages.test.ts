/** The rules of the house, checked for every package. */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import glob from 'fast-glob';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly [field: string]: unknown;
}

/** What a manifest says of other packages. */
interface Dependencies {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const packages = glob.sync('packages/*/package.json', { cwd: root }).map((path) => {
  const folder = path.replace('/package.json', '');
  const manifest = JSON.parse(readFileSync(`${root}/${path}`, 'utf8')) as Manifest;
  return { name: folder.replace('packages/', ''), folder, manifest, imports: importsOf(folder) };
});
const published = packages.filter(({ manifest }) => manifest.private !== true);

function importsOf(folder: string): Import[] {
  const files = glob.sync(`${folder}/src/**/*.ts`, { cwd: root, ignore: ['**/*.test.ts'] });
  return files.flatMap((file) => {
    const source = readFileSync(`${root}/${file}`, 'utf8');
    const statements = source.matchAll(/^(?:import|export)\s([^;]*?)\sfrom '([^']+)';$/gm);
    return [...statements].map(([, clause = '', specifier = '']) => ({
      file,
      specifier,
      typeOnly: clause.startsWith('type ') || /^\{\s*(type \w+,?\s*)+\}$/.test(clause),
    }));
  });
}

/** `@scope/name` or `name` of what is imported, without a path inside it. */
const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

function neededPeers({ peerDependencies, peerDependenciesMeta }: Dependencies): string[] {
  return Object.keys(peerDependencies ?? {}).filter((peer) => !peerDependenciesMeta?.[peer]?.optional);
}

/** Those that work without TensorFlow.js being loaded. */
const withoutTensorFlow = [
  'core',
  'schedulers',
  'progress',
  'study',
  'plot',
  'logging',
  'event-files',
  'board',
];

describe.each(published)('$name', ({ name, folder, manifest, imports }) => {
  it('is an ES module of this licence that supports Node 20.9, has no side effects and runs no script', () => {
    expect(manifest).toMatchObject({ type: 'module', license: 'MIT', engines: { node: '>=20.9' } });
    if (name !== 'tensorflow') expect(manifest.sideEffects).toBe(false); // importing the engine loads it
    expect(Object.keys((manifest.scripts ?? {}) as object)).toEqual([]);
  });

  it('declares what it imports, and imports what it declares', () => {
    const declared = Object.keys({
      ...(manifest.dependencies as object),
      ...(manifest.peerDependencies as object),
    });
    const used = new Set(
      imports
        .map(({ specifier }) => packageOf(specifier))
        .filter(
          (used) => !used.startsWith('.') && !used.startsWith('node:') && !builtinModules.includes(used),
        ),
    );
    expect([...used].filter((used) => !declared.includes(used) && used !== manifest.name)).toEqual([]);
    const loadedOtherwise = ['node-api-headers', '@tensorflow/tfjs-core', '@tensorflow/tfjs-node-gpu'];
    const dependencies = Object.keys((manifest.dependencies ?? {}) as object);
    const unused = dependencies.filter((one) => !used.has(one) && !loadedOtherwise.includes(one));
    if (name !== 'loopwright') expect(unused).toEqual([]);
  });

  it('passes on the peers of the packages of ours that it depends on', () => {
    const { dependencies, peerDependencies } = manifest as Dependencies;
    const provided = Object.keys({ ...dependencies, ...peerDependencies });
    const asked = packages
      .filter((other) => Object.hasOwn(dependencies ?? {}, other.manifest.name))
      .flatMap((other) => neededPeers(other.manifest as Dependencies));
    expect(asked.filter((peer) => !provided.includes(peer))).toEqual([]);
  });

  it('carries the licence, which every copy has to', () => {
    expect(readFileSync(`${root}/${folder}/LICENSE`, 'utf8')).toBe(readFileSync(`${root}/LICENSE`, 'utf8'));
  });

  it('has exports that fit its build', async () => {
    const { messages } = await publint({
      pkgDir: `${root}/${folder}`,
      level: 'warning',
      strict: true,
      pack: false,
    });
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  it('knows the native engine only if it is the engine', () => {
    const native = imports.filter(({ specifier }) =>
      packageOf(specifier).startsWith('@tensorflow/tfjs-node'),
    );
    if (name !== 'tensorflow') expect(native).toEqual([]);
  });
});

describe.each(packages.filter(({ name }) => withoutTensorFlow.includes(name)))('$name', ({ imports }) => {
  it('imports only types from TensorFlow.js', () => {
    const loaded = imports.filter(
      ({ file, specifier, typeOnly }) =>
        specifier.startsWith('@tensorflow/') &&
        !typeOnly &&
        !/core\/src\/(tensors|check-tensor|in-place)\.ts$/.test(file),
    );
    expect(loaded).toEqual([]);
  });
});
