import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import {
  BINDING_FILE,
  BINDING_RECORD_FILE,
  bindingFolderName,
  CAPTURE_FILE,
  COMPILER_FLAGS,
  captureSource,
  extendedSources,
  vendorSources,
} from '../binding-recipe.ts';
import type { BindingRecord } from '../binding-record.ts';
import { libraryNames } from '../cache-layout.ts';
import type { Host } from '../host.ts';
import type { Tool } from '../tools.ts';
import { cudaLibraryFolders } from './cuda-wheels.ts';
import { publishFolder, syncPath, unfinishedFolder, writeJson } from './durable-files.ts';
import { forEachLimited } from './limited.ts';
import { lastLines, runCommand } from './run-command.ts';

export interface BindingChecks {
  /** Called with a binding's path when it is compiled; it is put in its place only if this accepts it. */
  readonly verify: (binding: string) => Promise<void>;
  /** Called with the reason where our extension cannot be part of the binding. */
  readonly onWithoutExtension: (reason: string) => void;
}

/** With what is compiled, for which engine, and where. */
interface Build {
  readonly host: Host;
  readonly compiler: Tool;
  readonly engineFolder: string;
  readonly work: string;
}

/**
 * Compiles the binding for an engine, and the addon that holds back standard error, into the engine's folder. Where our
 * extension does not compile or does not load, the vendor's files are compiled alone. The binding's folder appears
 * when all is whole and has been verified.
 *
 * @returns what was written down of the binding
 * @throws Error with the compiler's last lines
 */
export async function compileBinding(
  host: Host,
  compiler: Tool,
  engineFolder: string,
  checks: BindingChecks,
): Promise<BindingRecord> {
  const work = await unfinishedFolder(engineFolder);
  const build = { host, compiler, engineFolder, work };
  try {
    await compileCapture(build);
    const record = await compileBest(build, checks);
    await writeJson(join(work, BINDING_RECORD_FILE), record);
    for (const name of [BINDING_FILE, CAPTURE_FILE, '.']) await syncPath(join(work, name));
    await publishFolder(work, join(engineFolder, bindingFolderName(host)));
    return record;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The binding with our extension, or else without it. */
async function compileBest(build: Build, checks: BindingChecks): Promise<BindingRecord> {
  const { host, compiler, work } = build;
  const binding = join(work, BINDING_FILE);
  const record: BindingRecord = { format: 1, compiler: compiler.version };
  try {
    await linkBinding(build, extendedSources(host), binding);
    await checks.verify(binding);
    return record;
  } catch (error) {
    const withoutExtension = reasonOf(error as Error);
    checks.onWithoutExtension(withoutExtension);
    await linkBinding(build, vendorSources(host), binding);
    await checks.verify(binding);
    return { ...record, withoutExtension };
  }
}

/** Compiles sources, as many at once as there are processors, and links them with TensorFlow's libraries. */
async function linkBinding(build: Build, sources: readonly string[], output: string): Promise<void> {
  const { host, engineFolder, work } = build;
  const tensorflow = join(engineFolder, 'tensorflow');
  const include = ['-I', join(tensorflow, 'include'), '-I', host.vendorPackage];
  const objects = join(work, 'objects');
  await mkdir(objects, { recursive: true });
  const objectOf = (source: string) => join(objects, `${basename(source)}.o`);
  try {
    await forEachLimited(sources, availableParallelism(), (source) =>
      compile(build, [...compileFlags(host), ...include, '-c', source, '-o', objectOf(source)]),
    );
    await compile(build, [
      ...addonFlags(host),
      ...sources.map(objectOf),
      ...libraryNames(host.platform).map((name) => join(tensorflow, name)),
      ...runPathFlags(host, ['tensorflow', ...cudaLibraryFolders(engineFolder)]),
      ...['-o', output],
    ]);
  } finally {
    await rm(objects, { recursive: true, force: true });
  }
}

function compileCapture(build: Build): Promise<void> {
  const { host, work } = build;
  const flags = [...compileFlags(host), ...addonFlags(host)];
  return compile(build, [...flags, captureSource(), '-o', join(work, CAPTURE_FILE)]);
}

function compileFlags({ nodeApiHeaders }: Host): string[] {
  return [...COMPILER_FLAGS, '-I', nodeApiHeaders];
}

function addonFlags({ platform }: Host): string[] {
  // Node's own functions are found in the program that loads the addon.
  return platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
}

/** Where libraries are looked for at run time: relative to the binding, so that the cache may be moved. */
function runPathFlags({ platform }: Host, folders: readonly string[]): string[] {
  const origin = platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  const paths = folders.map((folder) => `-Wl,-rpath,${origin}/../${folder}`);
  // As RPATH rather than RUNPATH it also serves the libraries that TensorFlow opens itself, as it does CUDA's.
  return platform === 'linux' ? ['-Wl,--disable-new-dtags', ...paths] : paths;
}

async function compile({ host, compiler }: Build, args: readonly string[]): Promise<void> {
  const result = await runCommand([...compiler.command, ...args], { env: host.env });
  if (result.code !== 0) {
    throw new Error(`${compiler.command.join(' ')} could not compile the binding:\n${lastLines(result, 12)}`);
  }
}

/** The line that says most of why something failed. */
function reasonOf({ message }: Error): string {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? '';
}
