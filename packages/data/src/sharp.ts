import { createRequire } from 'node:module';
import type Sharp from 'sharp';

let loaded: typeof Sharp | undefined;

/**
 * The library that reads and writes image files, loaded when it is first needed. It is required, not imported: the
 * module that an import would get uses syntax that Node 20.9 lacks.
 */
export function loadSharp(): typeof Sharp {
  loaded ??= createRequire(import.meta.url)('sharp') as typeof Sharp;
  return loaded;
}
