// Compiles resample.ts and writes the module into the sources, where importing it needs no file and no fetch:
// node --import tsx packages/data/assembly/build.ts
import { writeFileSync } from 'node:fs';
import { compileKernel } from './compile.ts';

const lines = (await compileKernel()).match(/.{1,100}/g) ?? [];
const target = new URL('../src/transforms/functional/resample-kernel.ts', import.meta.url);
writeFileSync(
  target,
  `/** The WebAssembly module of assembly/resample.ts, in base64; written by assembly/build.ts. */
export const resampleKernel =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`,
);
