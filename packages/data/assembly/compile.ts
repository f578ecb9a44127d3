import { readFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

/** The modules, by the names of their sources: the inner loops of resampling, and of decoding JPEG. */
export const kernels = { resample: 'resample.ts', jpeg: 'jpeg/index.ts' } as const;

const flags = [
  '--enable',
  'simd',
  '--runtime',
  'stub',
  '--importMemory',
  '--noAssert',
  '--noColors',
  '-O3',
  '--converge',
];

/**
 * Compiles the inner loops of one kind of work.
 *
 * @returns the WebAssembly module, in base64
 */
export async function compileKernel(name: keyof typeof kernels): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([kernels[name], '--outFile', 'kernel.wasm', ...flags], {
    readFile: (file) => readSource(file),
    writeFile: (file, contents) => {
      if (file === 'kernel.wasm') binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(`${error?.message}\n${stderr}`);
  return Buffer.from(binary).toString('base64');
}

/** The compiler adds an ending to names of modules, which have one already. */
function readSource(file: string): string | null {
  try {
    return readFileSync(new URL(file.replace(/(\.ts)+$/, '.ts'), import.meta.url), 'utf8');
  } catch {
    return null;
  }
}
