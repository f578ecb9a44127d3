import { createRequire } from 'node:module';
import { findEngine } from '../find-engine.ts';
import { INSTALL_COMMAND } from '../install/remedies.ts';
import { loadNative } from './load-native.ts';

/** What both engines offer. */
export type PortableTensorFlow = typeof import('@tensorflow/tfjs');

/**
 * TensorFlow.js, loaded: native where an engine is installed, else pure JavaScript, with a line on standard error that
 * says so. An engine that is installed and does not load is an error, not a reason to be slow.
 *
 * @example
 * const { tf, engine } = await import('@loopwright/tensorflow/portable');
 * const examples = engine === 'tensorflow' ? 60_000 : 1_000;
 */
export const { tf, engine } = await loadPortable();

async function loadPortable(): Promise<{ tf: PortableTensorFlow; engine: 'tensorflow' | 'cpu' }> {
  if (findEngine().engine !== undefined) return { tf: loadNative(), engine: 'tensorflow' };
  const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as PortableTensorFlow;
  await tf.setBackend('cpu');
  silenceBanner(tf);
  process.stderr.write(
    'Loopwright: no native TensorFlow engine is installed, so this runs on the pure JavaScript backend: ' +
      `the same results, often more than a hundred times slower. To install the engine: ${INSTALL_COMMAND}\n`,
  );
  return { tf, engine: 'cpu' };
}

/** The backend would advertise TensorFlow.js's own native package when it is first used. */
function silenceBanner(tf: PortableTensorFlow): void {
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}
