import { describe, expect, it } from 'vitest';
import { thisHost } from '../host.ts';
import type { EngineInfo } from './engine-info.ts';
import { findProblems } from './find-problems.ts';

const host = { ...thisHost(), platform: 'linux' as const, env: { PATH: '/nowhere' } };
const installed = {
  source: 'installed',
  folder: '/engine',
  version: '2.21.0',
  variant: 'cpu',
  withoutExtension: undefined,
} as const;
const well: EngineInfo = {
  usable: true,
  node: 'v20.9.0',
  platform: 'linux x64',
  glibc: '2.36',
  compiler: { command: 'g++', version: '12' },
  pip: { command: 'pip', version: '24' },
  tensorflow: installed,
  oneDnn: true,
  extension: true,
  cpu: { model: 'CPU', numbers: '', cores: 2, features: ['avx2'] },
  cuda: { devices: [], used: false, missingLibraries: [] },
  tfjsCopies: [{ path: '/a', version: '4.22.0' }],
  matmul: undefined,
  problems: [],
};

const problemsOf = (changes: Partial<EngineInfo>, problem?: string) =>
  findProblems(host, { ...well, ...changes }, problem).map(({ what, remedy }) => [what, remedy]);

describe('findProblems', () => {
  it('finds none where all is well', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it('says how to install, and what installing lacks', () => {
    expect(
      problemsOf({ tensorflow: undefined, compiler: undefined, pip: undefined }, 'nothing there'),
    ).toEqual([
      ['TensorFlow is not installed: nothing there', 'npx loopwright install'],
      ['no C++ compiler was found', expect.stringMatching(/g\+\+/)],
      ['pip was not found', 'npx loopwright install --index-url URL'],
    ]);
  });

  it('names the library that keeps TensorFlow from loading', () => {
    expect(problemsOf({ usable: false }, 'libstdc++.so.6: cannot open shared object file')).toEqual([
      [
        'TensorFlow does not load: libstdc++.so.6: cannot open shared object file',
        'npx loopwright install --force',
      ],
    ]);
  });

  it('names CUDA’s missing libraries, and whose they are', () => {
    const gpu = { ...installed, variant: 'gpu' } as const;
    const missing = (...missingLibraries: string[]) =>
      problemsOf({ tensorflow: gpu, cuda: { devices: [], used: false, missingLibraries } });
    expect(missing('libcudnn.so.9')).toEqual([
      ['CUDA libraries are missing: libcudnn.so.9', 'npx loopwright install --variant gpu --force'],
    ]);
    expect(missing('libcuda.so.1')[0]?.[1]).toContain('driver');
  });

  it('points to the gpu variant where a device lies idle', () => {
    expect(problemsOf({ cuda: { devices: ['H100'], used: false, missingLibraries: [] } })[0]?.[1]).toBe(
      'npx loopwright install --variant gpu',
    );
  });

  it('lists the copies of TensorFlow.js where there are two', () => {
    const tfjsCopies = [...well.tfjsCopies, { path: '/b', version: '4.21.0' }];
    expect(problemsOf({ tfjsCopies })).toEqual([
      [
        'there are 2 copies of @tensorflow/tfjs-core (4.22.0 in /a, 4.21.0 in /b)',
        expect.stringContaining('npm dedupe'),
      ],
    ]);
  });

  it('says what is lost without our extension, why it is not there, and how to get it', () => {
    const tensorflow = { ...installed, withoutExtension: "g++: error: unknown option '-std=c++17'" };
    expect(problemsOf({ extension: false, tensorflow })).toEqual([
      [
        "the binding lacks Loopwright's extension (g++: error: unknown option '-std=c++17'): " +
          'compile runs eagerly, optimizers update weights op by op, and profiles see calls only',
        expect.stringMatching(/^CXX=another-compiler npx loopwright install {3}/),
      ],
    ]);
    const vendor = { ...installed, source: 'vendor', variant: undefined } as const;
    const [[what, remedy] = []] = problemsOf({ extension: false, tensorflow: vendor });
    expect(what).toContain("(it is the vendor's own build)");
    expect(remedy).toBe('npx loopwright install --force');
    const [[, compilerFirst] = []] = problemsOf({
      extension: false,
      tensorflow: vendor,
      compiler: undefined,
    });
    expect(compilerFirst).toMatch(/g\+\+.* && npx loopwright install --force/);
  });

  it('asks for no other compiler where it was memory that did not suffice', () => {
    const withoutExtension = 'g++: fatal error: Killed signal terminated program cc1plus';
    const [[, remedy] = []] = problemsOf({
      extension: false,
      tensorflow: { ...installed, withoutExtension },
    });
    expect(remedy).toBe('npx loopwright install');
  });

  it('says what oneDNN is worth only where the CPU gains from it', () => {
    expect(problemsOf({ oneDnn: false })).toHaveLength(1);
    expect(problemsOf({ oneDnn: false, cpu: { ...well.cpu, features: [] } })).toEqual([]);
  });
});
