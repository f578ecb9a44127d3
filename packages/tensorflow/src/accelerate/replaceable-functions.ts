/**
 * Makes functions of TensorFlow.js replaceable that are no kernels: they compute in JavaScript, and nothing below them
 * can be registered. Whoever takes one from TensorFlow.js after this module has been imported calls the replacement
 * while there is one, TensorFlow.js' own layers included. An `import` of TensorFlow.js that comes before it keeps the
 * original, because an ES module copies the names of a CommonJS module as it is first imported.
 * @packageDocumentation
 */
import { createRequire } from 'node:module';
import type { Restore } from './replacement.ts';

type Core = typeof import('@tensorflow/tfjs-core');

const NAMES = [
  'dropout',
  'logSoftmax',
  'randomGamma',
  'randomNormal',
  'randomStandardNormal',
  'randomUniform',
  'randomUniformInt',
  'truncatedNormal',
] as const;
/** A function that {@link replaceFunction} can replace. */
export type ReplaceableName = (typeof NAMES)[number];

type AnyFunction = (...args: unknown[]) => unknown;

const core = createRequire(import.meta.url)('@tensorflow/tfjs-core') as Record<ReplaceableName, AnyFunction>;
const originals = Object.fromEntries(NAMES.map((name) => [name, core[name]])) as Record<
  ReplaceableName,
  AnyFunction
>;
const replacements = new Map<ReplaceableName, AnyFunction>();

for (const name of NAMES) {
  core[name] = (...args) => (replacements.get(name) ?? originals[name])(...args);
}

/** TensorFlow.js' own function. */
export function original<N extends ReplaceableName>(name: N): Core[N] {
  return originals[name] as Core[N];
}

/** Puts a function in the place of TensorFlow.js' own. */
export function replaceFunction<N extends ReplaceableName>(name: N, replacement: Core[N]): Restore {
  const before = replacements.get(name);
  replacements.set(name, replacement as AnyFunction);
  return () => {
    if (before === undefined) replacements.delete(name);
    else replacements.set(name, before);
  };
}
