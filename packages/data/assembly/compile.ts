import { readFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const source = readFileSync(new URL('resample.ts', import.meta.url), 'utf8');

/**
 * Compiles the inner loops of resampling.
 *
 * @returns the WebAssembly module, in base64
 */
export async function compileKernel(): Promise<string> {
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
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(['resample.ts', '--outFile', 'resample.wasm', ...flags], {
    readFile: (name) => (name === 'resample.ts' ? source : null),
    writeFile: (name, contents) => {
      if (name === 'resample.wasm') binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(`${error?.message}\n${stderr}`);
  return Buffer.from(binary).toString('base64');
}
