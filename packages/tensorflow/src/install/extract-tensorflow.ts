import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheLayout, engineName, libraryNames } from '../cache-layout.ts';
import { type EngineManifest, MANIFEST_FILE } from '../engine-manifest.ts';
import type { Host } from '../host.ts';
import type { Variant } from '../tensorflow-versions.ts';
import { isCudaFile } from './cuda-wheels.ts';
import { publishFolder, syncPath, unfinishedFolder, writeJson } from './durable-files.ts';
import type { OnProgress } from './progress.ts';
import { type ExtractedFile, WheelFile } from './wheel-file.ts';
import { wheelPlatforms } from './wheel-name.ts';

/** The headers that the binding, and extensions of it, include. */
const HEADERS = [
  /^tensorflow\/include\/tensorflow\/c\//,
  /^tensorflow\/include\/tensorflow\/core\/platform\/ctstring/,
  /^tensorflow\/include\/(xla\/)?tsl\//,
];

/** An engine's folder and what its manifest says. */
export interface ExtractedEngine {
  readonly folder: string;
  readonly manifest: EngineManifest;
}

/**
 * Takes TensorFlow's two libraries and headers out of its wheel, and CUDA's libraries out of theirs, into an engine's
 * folder. The folder appears when it is whole.
 *
 * @throws Error if a wheel is damaged, is for another platform, or carries no C++ library
 */
export async function extractTensorFlow(
  host: Host,
  layout: CacheLayout,
  variant: Variant,
  { tensorflow, cuda }: { readonly tensorflow: string; readonly cuda: readonly string[] },
  onProgress: OnProgress,
): Promise<ExtractedEngine> {
  const work = await unfinishedFolder(layout.root);
  try {
    const { version, files } = await extractLibraries(host, tensorflow, work, onProgress);
    for (const path of cuda) {
      files.push(...(await extractWheel(path, isCudaFile, work, onProgress)));
    }
    const manifest: EngineManifest = {
      format: 1,
      tensorflow: version,
      variant,
      wheels: [tensorflow, ...cuda].map((path) => path.split(/[\\/]/).at(-1) ?? path),
      files: Object.fromEntries(files.map(({ path, bytes, sha256 }) => [path, { bytes, sha256 }])),
    };
    await writeJson(join(work, MANIFEST_FILE), manifest);
    await syncPath(work);
    const folder = join(layout.root, engineName(version, variant));
    await publishFolder(work, folder);
    return { folder, manifest };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function extractLibraries(
  host: Host,
  path: string,
  folder: string,
  onProgress: OnProgress,
): Promise<{ version: string; files: ExtractedFile[] }> {
  const libraries = libraryNames(host.platform).map((name) => `tensorflow/${name}`);
  const wheel = await WheelFile.open(path);
  try {
    await checkWheel(host, wheel, libraries);
    const [version = ''] = await wheel.headers('METADATA', 'Version');
    const wanted = (name: string) =>
      libraries.includes(name) || HEADERS.some((pattern) => pattern.test(name));
    const files = await wheel.extract(wanted, folder, 'Extracting TensorFlow', onProgress);
    return { version, files: files.filter((file) => libraries.includes(file.path)) };
  } finally {
    wheel.close();
  }
}

async function extractWheel(
  path: string,
  wanted: (name: string) => boolean,
  folder: string,
  onProgress: OnProgress,
): Promise<ExtractedFile[]> {
  const wheel = await WheelFile.open(path);
  try {
    const [name = 'CUDA'] = await wheel.headers('METADATA', 'Name');
    return await wheel.extract(wanted, folder, `Extracting ${name}`, onProgress);
  } finally {
    wheel.close();
  }
}

async function checkWheel(host: Host, wheel: WheelFile, libraries: readonly string[]): Promise<void> {
  const [project = ''] = await wheel.headers('METADATA', 'Name');
  if (!/^tensorflow([-_]cpu)?$/i.test(project)) {
    throw new Error(`${wheel.path} is a wheel of ${project}, not of tensorflow or tensorflow-cpu`);
  }
  const platforms = wheelPlatforms(host);
  const tags = await wheel.headers('WHEEL', 'Tag');
  const fitting = tags.flatMap((tag) => tag.split('-').at(-1)?.split('.') ?? []);
  if (!fitting.some((platform) => platforms.includes(platform))) {
    throw new Error(`${wheel.path} is for ${fitting.join(', ')}, not for ${host.platform} ${host.arch}`);
  }
  const missing = libraries.find((library) => !wheel.paths.includes(library));
  if (missing !== undefined) throw new Error(`${wheel.path} carries no ${missing}`);
}
