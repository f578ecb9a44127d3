import type { Host } from '../host.ts';
import { probeCommand, probeEnvironment, readProbe } from '../info/probe-engine.ts';
import { runCommand } from './run-command.ts';

/**
 * Loads a binding in a process of its own and multiplies two matrices with it.
 *
 * @returns TensorFlow's version, as the library says it
 * @throws Error with the reason, if it cannot be loaded or computes something wrong
 */
export async function verifyEngine(host: Host, binding: string): Promise<string> {
  const command = probeCommand(host, binding, 0);
  const result = await runCommand(command, { env: probeEnvironment(host), timeout: 300_000 });
  const { probe, problem } = readProbe(result);
  if (probe === undefined) throw new Error(`the engine does not load: ${problem}`);
  return probe.tensorflow;
}
