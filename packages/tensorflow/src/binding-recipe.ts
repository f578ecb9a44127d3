import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from './host.ts';

/**
 * How the binding is compiled on every platform. Loops are vectorized, and arithmetic is as written: rounded after every
 * operation, as TensorFlow's own ops do it.
 */
export const COMPILER_FLAGS = [
  '-std=c++17',
  '-O3',
  '-fno-math-errno',
  '-ffp-contract=off',
  '-fPIC',
  '-DNAPI_VERSION=8',
  '-DBUILDING_NODE_EXTENSION',
] as const;

/** The files of a binding's folder: two that were compiled, and what is written down of them. */
export const BINDING_FILE = 'tfjs_binding.node';
export const CAPTURE_FILE = 'stderr_capture.node';
export const BINDING_RECORD_FILE = 'binding.json';

/** A file of this package's `native` folder. */
export function nativeFile(name: string): string {
  return fileURLToPath(new URL(`../native/${name}`, import.meta.url));
}

/**
 * The C++ files that make the binding with our extension: ours, which include the vendor's module, and the vendor's
 * backend as it ships inside `@tensorflow/tfjs-node-gpu`.
 */
export function extendedSources(host: Pick<Host, 'vendorPackage'>): string[] {
  const ours = extensionFiles().filter((path) => path.endsWith('.cc'));
  return [...ours, join(host.vendorPackage, 'binding', 'tfjs_backend.cc')];
}

/** The C++ files that make the binding without our extension: the vendor's two. */
export function vendorSources({ vendorPackage }: Pick<Host, 'vendorPackage'>): string[] {
  return ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(vendorPackage, 'binding', name));
}

/** The C++ file that makes the addon which holds back standard error. */
export function captureSource(): string {
  return nativeFile('stderr_capture.cc');
}

/**
 * The name of the folder for a binding made of these sources with these flags. Projects with different versions of
 * this package or of TensorFlow.js share one engine, each with a binding of its own.
 */
export function bindingFolderName(host: Pick<Host, 'vendorPackage'>): string {
  const hash = createHash('sha256').update(COMPILER_FLAGS.join(' '));
  for (const path of [...vendorFiles(host), ...extensionFiles(), captureSource()]) {
    hash.update(basename(path)).update(readFileSync(path));
  }
  return `binding-${hash.digest('hex').slice(0, 12)}`;
}

function vendorFiles({ vendorPackage }: Pick<Host, 'vendorPackage'>): string[] {
  return sourcesIn(join(vendorPackage, 'binding'));
}

/** What this package adds to the binding. */
function extensionFiles(): string[] {
  return sourcesIn(nativeFile('.')).filter((path) => path !== captureSource());
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
