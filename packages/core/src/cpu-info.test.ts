import { expect, it } from 'vitest';
import { cpuInfo, parseCpuFeatures } from './cpu-info.ts';

it('reads the relevant features of an Intel or AMD processor', () => {
  const text =
    'processor\t: 0\nflags\t\t: fpu sse4_2 avx avx2 fma avx512f avx512_vnni amx_bf16 rdtscp\n\n'.repeat(2);
  expect(parseCpuFeatures(text)).toEqual([
    'sse4_2',
    'avx',
    'avx2',
    'fma',
    'avx512f',
    'avx512_vnni',
    'amx_bf16',
  ]);
});

it('reads those of an ARM processor, under Linux and macOS', () => {
  expect(parseCpuFeatures('Features\t: fp asimd evtstrm asimddp bf16 i8mm sve2')).toEqual([
    'asimd',
    'asimddp',
    'bf16',
    'i8mm',
    'sve2',
  ]);
  expect(parseCpuFeatures('hw.optional.arm.FEAT_BF16: 1\nhw.optional.arm.FEAT_I8MM: 0')).toEqual(['bf16']);
});

it('reads those of an Intel Mac', () => {
  const text = 'machdep.cpu.features: FPU SSE4.2 AVX1.0 FMA\nmachdep.cpu.leaf7_features: RDWRFSGS AVX2';
  expect(parseCpuFeatures(text)).toEqual(['sse4.2', 'avx1.0', 'fma', 'avx2']);
});

it('knows this machine', () => {
  expect(cpuInfo()).toMatchObject({ model: expect.any(String), cores: expect.any(Number) });
});
