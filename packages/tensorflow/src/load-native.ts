import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type TensorFlow = typeof import('@tensorflow/tfjs-node-gpu');

const require = createRequire(import.meta.url);

export function bindingPath(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'loopwright', 'engine', 'tensorflow-2.21.0-cpu', 'tfjs_binding.node');
}

export function isInstalled(): boolean {
  return existsSync(bindingPath());
}

/** Loads TensorFlow.js with our binding: its own look-up (node-pre-gyp) is answered with our path. */
export function loadNative(): TensorFlow {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const lookup = require.resolve('@mapbox/node-pre-gyp', {
    paths: [require.resolve('@tensorflow/tfjs-node-gpu')],
  });
  const stub = {
    id: lookup,
    filename: lookup,
    loaded: true,
    exports: { find: bindingPath },
    children: [],
    paths: [],
  };
  require.cache[lookup] = stub as unknown as NodeJS.Module;
  const tf = require('@tensorflow/tfjs-node-gpu') as TensorFlow;
  delete require.cache[lookup];
  return tf;
}
