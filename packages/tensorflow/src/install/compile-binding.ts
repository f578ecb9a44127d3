import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BINDING_FILE,
  bindingFolderName,
  bindingSources,
  CAPTURE_FILE,
  COMPILER_FLAGS,
  captureSource,
} from '../binding-recipe.ts';
import { libraryNames } from '../cache-layout.ts';
import type { Host } from '../host.ts';
import type { Tool } from '../tools.ts';
import { cudaLibraryFolders } from './cuda-wheels.ts';
import { publishFolder, syncPath, unfinishedFolder } from './durable-files.ts';
import { lastLines, runCommand } from './run-command.ts';

/**
 * Compiles the binding for an engine, and the addon that holds back standard error, into the engine's folder. The
 * binding's folder appears when both are whole and `verify` has accepted the binding.
 *
 * @param verify called with the binding's path before it is put in its place
 * @throws Error with the compiler's last lines
 */
export async function compileBinding(
  host: Host,
  compiler: Tool,
  engineFolder: string,
  verify: (binding: string) => Promise<void>,
): Promise<void> {
  const work = await unfinishedFolder(engineFolder);
  try {
    await mkdir(work, { recursive: true });
    const binding = join(work, BINDING_FILE);
    const capture = join(work, CAPTURE_FILE);
    await Promise.all([
      compile(host, compiler, bindingArguments(host, engineFolder, binding)),
      compile(host, compiler, captureArguments(host, capture)),
    ]);
    await verify(binding);
    for (const path of [binding, capture, work]) await syncPath(path);
    await publishFolder(work, join(engineFolder, bindingFolderName(host)));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What the compiler is called with to make the binding. */
export function bindingArguments(host: Host, engineFolder: string, output: string): string[] {
  const tensorflow = join(engineFolder, 'tensorflow');
  return [
    ...commonArguments(host),
    ...['-I', join(tensorflow, 'include'), '-I', host.vendorPackage],
    ...bindingSources(host),
    ...libraryNames(host.platform).map((name) => join(tensorflow, name)),
    ...runPathArguments(host, ['tensorflow', ...cudaLibraryFolders(engineFolder)]),
    ...['-o', output],
  ];
}

function captureArguments(host: Host, output: string): string[] {
  return [...commonArguments(host), captureSource(), '-o', output];
}

function commonArguments({ platform, nodeApiHeaders }: Host): string[] {
  // Node's own functions are found in the program that loads the addon.
  const shape = platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  return [...COMPILER_FLAGS, ...shape, '-I', nodeApiHeaders];
}

/** Where libraries are looked for at run time: relative to the binding, so that the cache may be moved. */
function runPathArguments({ platform }: Host, folders: readonly string[]): string[] {
  const origin = platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  const paths = folders.map((folder) => `-Wl,-rpath,${origin}/../${folder}`);
  // As RPATH rather than RUNPATH it also serves the libraries that TensorFlow opens itself, as it does CUDA's.
  return platform === 'linux' ? ['-Wl,--disable-new-dtags', ...paths] : paths;
}

async function compile(host: Host, compiler: Tool, args: readonly string[]): Promise<void> {
  const result = await runCommand([...compiler.command, ...args], { env: host.env });
  if (result.code !== 0) {
    throw new Error(`${compiler.command.join(' ')} could not compile the binding:\n${lastLines(result, 12)}`);
  }
}
