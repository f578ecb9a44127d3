import { createRequire } from 'node:module';

/** Node's `util`, as TensorFlow.js knows it. */
interface LegacyUtil {
  isNullOrUndefined?: (value: unknown) => boolean;
}

/**
 * Provides what TensorFlow.js calls and Node removed: `util.isNullOrUndefined`, gone since Node 23. The versions before,
 * which have it, print a warning when it is called, so it is replaced there too.
 */
export function provideRemovedNodeApis(): void {
  const util = createRequire(import.meta.url)('node:util') as LegacyUtil;
  util.isNullOrUndefined = (value) => value === null || value === undefined;
}
