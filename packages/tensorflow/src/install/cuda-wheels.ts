import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WheelFile } from './wheel-file.ts';
import { normalizeProject } from './wheel-name.ts';

/** A requirement of a wheel: a project and the range of its releases. */
export interface Requirement {
  readonly project: string;
  readonly range: string;
}

/** What TensorFlow's wheel names as its `and-cuda` extra: NVIDIA's libraries, each a wheel of its own. */
export async function cudaRequirements(tensorflowWheel: string): Promise<Requirement[]> {
  const wheel = await WheelFile.open(tensorflowWheel);
  try {
    return (await wheel.headers('METADATA', 'Requires-Dist')).flatMap(parseCudaRequirement);
  } finally {
    wheel.close();
  }
}

/** `nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"`, as TensorFlow's metadata has it. */
export function parseCudaRequirement(line: string): Requirement[] {
  const [requirement = '', marker = ''] = line.split(';');
  if (!/extra\s*==\s*["']and-cuda["']/.test(marker)) return [];
  const [, project, range = ''] = /^([\w.-]+)\s*\(?([^)]*)\)?$/.exec(requirement.trim()) ?? [];
  return project === undefined
    ? []
    : [{ project: normalizeProject(project), range: range.replaceAll(' ', '') }];
}

/**
 * The files of NVIDIA's wheels that TensorFlow uses at run time: shared libraries, and the assembler and device
 * library of `cuda_nvcc` that XLA calls. Below an engine's folder they lie beside `tensorflow/` as they do in Python's
 * `site-packages`, which is where TensorFlow's libraries look for them.
 */
export function isCudaFile(path: string): boolean {
  return /^nvidia\/.+\/lib\/[^/]+\.so[.\d]*$/.test(path) || /^nvidia\/[^/]+\/(bin|nvvm)\//.test(path);
}

/** The folders of CUDA's libraries in an engine's folder, relative to it. */
export function cudaLibraryFolders(engineFolder: string): string[] {
  const nvidia = join(engineFolder, 'nvidia');
  if (statSync(nvidia, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(nvidia, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[\\/])lib$/.test(path))
    .map((path) => `nvidia/${path.replaceAll('\\', '/')}`)
    .sort();
}
