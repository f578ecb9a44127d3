import { createRequire } from 'node:module';
import { LoopwrightError } from '@loopwright/core';
import { type Engine, findEngine } from '../find-engine.ts';
import { provideNativeKernels } from '../in-place/native-kernels.ts';
import { INSTALL_COMMAND } from '../install/remedies.ts';
import { openBinding } from '../native/native-backend.ts';
import { provideNativeReader } from '../native/tensor-reader.ts';
import { prepareEnvironment } from '../native-environment.ts';
import { provideRemovedNodeApis } from './removed-node-apis.ts';
import { withoutChatter } from './without-chatter.ts';

/** TensorFlow.js with the native backend. */
export type TensorFlow = typeof import('@tensorflow/tfjs-node-gpu');

const require = createRequire(import.meta.url);

/**
 * Loads TensorFlow.js with the native engine that is installed. It writes nothing into `node_modules`.
 *
 * @throws LoopwrightError with the command to type, if no engine is installed or it does not load
 */
export function loadNative(): TensorFlow {
  const { engine, problem } = findEngine();
  if (engine === undefined)
    throw unusable(`the native engine is not installed (${problem}).`, INSTALL_COMMAND);
  prepareEnvironment(process.env);
  provideRemovedNodeApis();
  try {
    const tf = loadWith(engine);
    openBinding();
    provideNativeKernels(process.env);
    provideNativeReader();
    return tf;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Without it the installer would find that everything is there.
    const remedy = `${INSTALL_COMMAND} --force`;
    throw unusable(`the native engine in ${engine.folder} does not load: ${reason}.`, remedy, error);
  }
}

/**
 * TensorFlow.js asks node-pre-gyp where its binding lies, in its own package. While it loads, that question is
 * answered with the engine's path, so that an engine can lie anywhere.
 */
function loadWith(engine: Engine): TensorFlow {
  const vendor = require.resolve('@tensorflow/tfjs-node-gpu');
  const lookup = require.resolve('@mapbox/node-pre-gyp', { paths: [vendor] });
  const answered = require.cache[lookup];
  require.cache[lookup] = answeringModule(lookup, { find: () => engine.binding });
  try {
    const capture = engine.source === 'installed' ? engine.capture : undefined;
    return withoutChatter(capture, () => require(vendor) as TensorFlow);
  } finally {
    if (answered === undefined) delete require.cache[lookup];
    else require.cache[lookup] = answered;
  }
}

/** An entry of Node's module cache that has these exports. */
function answeringModule(path: string, exports: object): NodeJS.Module {
  const entry: Partial<NodeJS.Module> = {
    id: path,
    filename: path,
    loaded: true,
    exports,
    children: [],
    paths: [],
  };
  return entry as NodeJS.Module;
}

function unusable(what: string, remedy: string, cause?: unknown): LoopwrightError {
  const advice = `Type: ${remedy}   (and to see what is wrong: npx loopwright doctor)`;
  return new LoopwrightError({ package: 'tensorflow', subject: 'tf' }, `${what}\n${advice}`, { cause });
}
