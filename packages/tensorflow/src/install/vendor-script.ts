import { delimiter, dirname, join } from 'node:path';
import { findVendorEngine } from '../find-engine.ts';
import type { Host } from '../host.ts';
import { errorLine, lastLines, runCommand } from './run-command.ts';
import { verifyEngine } from './verify-engine.ts';

const TEN_MINUTES = 600_000;

/** The vendor's build, after it was seen to load. */
export interface LoadedVendorEngine {
  readonly folder: string;
  readonly tensorflow: string;
}

/**
 * Runs the install script that ships inside `@tensorflow/tfjs-node-gpu`, as npm would. It downloads the vendor's own,
 * older build into that package's folder.
 *
 * @throws Error with the script's last lines, or why what it left does not load
 */
export async function runVendorScript(host: Host): Promise<LoadedVendorEngine> {
  const { vendorPackage } = host;
  // The script calls node-pre-gyp by its name, which npm would have put on the path.
  const programs = [
    join(vendorPackage, 'node_modules', '.bin'),
    join(dirname(dirname(vendorPackage)), '.bin'),
  ];
  const env = { ...host.env, PATH: [...programs, host.env.PATH ?? ''].join(delimiter) };
  const script = join(vendorPackage, 'scripts', 'install.js');
  const result = await runCommand([host.node, script, 'cpu', 'download'], {
    cwd: vendorPackage,
    env,
    timeout: TEN_MINUTES,
  });
  if (result.code !== 0)
    throw new Error(`its script failed: ${errorLine(result.stderr) ?? lastLines(result, 3)}`);
  const engine = findVendorEngine(host);
  if (engine === undefined) throw new Error('its script left no binding');
  return { folder: engine.folder, tensorflow: await verifyEngine(host, engine.binding) };
}
