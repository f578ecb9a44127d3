import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whose packages are listed whether or not the project names them. */
const SCOPES = ['@loopwright', '@tensorflow'];

/**
 * The versions of what a program was run with: the project's own dependencies, and all of TensorFlow.js and Loopwright, by
 * name.
 *
 * @param folder of the program; the project is the nearest folder above it that has a `package.json`
 */
export function packageVersions(folder: string): Record<string, string> {
  const above = foldersAbove(folder);
  const project = above.find((candidate) => existsSync(join(candidate, 'package.json')));
  const { dependencies, devDependencies } = project === undefined ? {} : readManifest(project);
  const names = new Set([
    ...Object.keys(dependencies ?? {}),
    ...Object.keys(devDependencies ?? {}),
    ...above.flatMap((candidate) => SCOPES.flatMap((scope) => packagesOf(candidate, scope))),
  ]);
  const versions = [...names].sort().map((name) => [name, installedVersion(above, name)]);
  return Object.fromEntries(versions.filter(([, version]) => version !== undefined));
}

interface PackageManifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}

function packagesOf(folder: string, scope: string): string[] {
  const path = join(folder, 'node_modules', scope);
  return existsSync(path) ? readdirSync(path).map((name) => `${scope}/${name}`) : [];
}

function installedVersion(above: readonly string[], name: string): string | undefined {
  const folder = above.map((candidate) => join(candidate, 'node_modules', name)).find(existsSync);
  return folder === undefined ? undefined : readManifest(folder).version;
}

function readManifest(folder: string): PackageManifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
  } catch {
    return {};
  }
}
