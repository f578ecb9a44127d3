import { createRequire } from 'node:module';

/** What TensorFlow.js calls of Node's `util`, by the names it was compiled with. */
interface LegacyUtil {
  isNullOrUndefined(value: unknown): boolean;
  isArray(value: unknown): boolean;
}

/**
 * Provides what TensorFlow.js calls and Node gives up: `util.isNullOrUndefined`, gone since Node 23, and `util.isArray`.
 * The versions that still have them print a warning when they are called, so they are replaced there too.
 */
export function provideRemovedNodeApis(): void {
  const util = createRequire(import.meta.url)('node:util') as LegacyUtil;
  util.isNullOrUndefined = (value) => value === null || value === undefined;
  util.isArray = Array.isArray;
}
