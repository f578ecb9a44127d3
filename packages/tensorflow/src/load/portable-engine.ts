import '../accelerate/replaceable-functions.ts';
import { createRequire } from 'node:module';
import { accelerateByDefault } from '../accelerate/accelerate.ts';
import { findEngine } from '../find-engine.ts';
import { INSTALL_COMMAND } from '../install/remedies.ts';
import { loadNative } from './load-native.ts';

/** What TensorFlow.js offers on every backend. */
export type PortableTensorFlow = typeof import('@tensorflow/tfjs');

/**
 * What TensorFlow.js runs on: `tensorflow` where an engine is installed, else `cpu`, its pure JavaScript backend, with
 * a line on standard error that says so. An engine that is installed and does not load is an error, not a reason to
 * be slow.
 */
export const engine: 'tensorflow' | 'cpu' = await loadPortable();

async function loadPortable(): Promise<'tensorflow' | 'cpu'> {
  if (findEngine().engine !== undefined) {
    loadNative();
    accelerateByDefault(process.env);
    return 'tensorflow';
  }
  const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as PortableTensorFlow;
  await tf.setBackend('cpu');
  silenceBanner(tf);
  process.stderr.write(
    'Loopwright: no native TensorFlow engine is installed, so this runs on the pure JavaScript backend: ' +
      `the same results, but slower by a factor of tens to hundreds. To install the engine: ${INSTALL_COMMAND}\n`,
  );
  return 'cpu';
}

/** The backend would advertise TensorFlow.js's own native package when it is first used. */
function silenceBanner(tf: PortableTensorFlow): void {
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}
