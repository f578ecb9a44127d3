import { afterEach, expect, it, vi } from 'vitest';
import { userLine } from './user-line.ts';

const { prepareStackTrace } = Error;
afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
  vi.restoreAllMocks();
});

/** The user's line in a stack of these frames. */
function lineIn(...frames: string[]): string {
  Error.prepareStackTrace = () => ['Error', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return userLine();
}

it('is the innermost one outside of Node, packages and this package', () => {
  expect(
    lineIn(
      `Recorder.read (${new URL('../../dist/compile/recorder.js', import.meta.url)}:1:1)`,
      'NodeJSKernelBackend.readSync (/project/node_modules/@tensorflow/tfjs-node-gpu/dist/a.js:1:1)',
      'new Promise (<anonymous>)',
      'step (file:///project/with%20space/train.ts:3:4)',
      'main (/project/main.ts:5:6)',
      'node:internal/main:1:1',
    ),
  ).toBe('/project/with space/train.ts:3:4');
});

it('is not one of TensorFlow.js, whose source maps leave node_modules', () => {
  expect(
    lineIn(
      'Engine.readSync (/project/tfjs-core/src/engine.ts:1:2)',
      'Dense.build (/project/tfjs-layers/src/layers/core.ts:1:2)',
      'step (/project/train.ts:3:4)',
    ),
  ).toBe('/project/train.ts:3:4');
});

it('is unknown where none is the user’s', () => {
  expect(lineIn('node:internal/main:1:1')).toBe('unknown');
});
