import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../host.ts';
import { cudaLibraryFolders } from '../install/cuda-wheels.ts';

/** What TensorFlow 2.18 to 2.21 opens by name when it looks for a GPU (CUDA 12, cuDNN 9). */
const CUDA_LIBRARIES = [
  'libcuda.so.1',
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcusolver.so.11',
  'libcusparse.so.12',
  'libcudnn.so.9',
  'libnccl.so.2',
];

/** The NVIDIA devices that the driver knows, by name; none without a driver. */
export function cudaDevices({ env }: Pick<Host, 'env'>): string[] {
  const query = ['--query-gpu=name,memory.total', '--format=csv,noheader'];
  const { status, stdout } = spawnSync('nvidia-smi', query, { env, encoding: 'utf8', timeout: 30_000 });
  return status === 0 ? stdout.split('\n').filter((line) => line.trim() !== '') : [];
}

/** Which of CUDA's libraries neither the engine's folder nor the system's search path has. */
export function missingCudaLibraries({ env }: Pick<Host, 'env'>, engineFolder: string): string[] {
  const own = cudaLibraryFolders(engineFolder).map((folder) => join(engineFolder, folder));
  const searched = [...own, ...(env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '')];
  const files = new Set(searched.filter(existsSync).flatMap((folder) => readdirSync(folder)));
  const cached =
    spawnSync('ldconfig', ['-p'], { env: withSystemPrograms(env), encoding: 'utf8' }).stdout ?? '';
  return CUDA_LIBRARIES.filter((name) => !files.has(name) && !cached.includes(`${name} (`));
}

function withSystemPrograms(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin:/sbin` };
}
