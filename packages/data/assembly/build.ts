// Compiles the kernels and writes the modules into the sources, where importing them needs no file and no fetch:
// node --import tsx packages/data/assembly/build.ts
import { writeFileSync } from 'node:fs';
import { compileKernel, kernels } from './compile.ts';

const targets = {
  resample: '../src/transforms/functional/resample-kernel.ts',
  jpeg: '../src/datasets/jpeg/jpeg-kernel.ts',
} as const;

for (const name of Object.keys(targets) as (keyof typeof targets)[]) {
  const lines = (await compileKernel(name)).match(/.{1,100}/g) ?? [];
  writeFileSync(
    new URL(targets[name], import.meta.url),
    `/** The WebAssembly module of assembly/${kernels[name]}, in base64; written by assembly/build.ts. */
export const ${name}Kernel =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`,
  );
}
