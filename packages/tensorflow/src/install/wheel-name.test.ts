import { describe, expect, it } from 'vitest';
import { type Host, thisHost } from '../host.ts';
import { fits, parseWheelName, wheelPlatforms } from './wheel-name.ts';

const host = (changes: Partial<Host>): Host => ({ ...thisHost(), glibc: undefined, ...changes });

describe('parseWheelName', () => {
  it('reads project, version and platforms', () => {
    const filename = 'Nvidia_cuBLAS.cu12-12.6.4.1-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl';
    expect(parseWheelName(filename)).toEqual({
      filename,
      project: 'nvidia-cublas-cu12',
      version: '12.6.4.1',
      python: 'py3',
      platforms: ['manylinux2014_x86_64', 'manylinux_2_17_x86_64'],
    });
    expect(parseWheelName('a-1.0-7-cp312-cp312-any.whl')).toMatchObject({
      python: 'cp312',
      platforms: ['any'],
    });
  });

  it.each(['tensorflow-2.21.0.tar.gz', 'tensorflow.whl', 'tensorflow-2.21.0-cp312.whl', ''])(
    'refuses %j',
    (filename) => {
      expect(parseWheelName(filename)).toBeUndefined();
    },
  );
});

describe('wheelPlatforms', () => {
  it('lists every glibc up to the host’s own', () => {
    expect(wheelPlatforms(host({ platform: 'linux', arch: 'x64', glibc: '2.19' }))).toEqual([
      'manylinux2014_x86_64',
      'manylinux_2_17_x86_64',
      'manylinux_2_18_x86_64',
      'manylinux_2_19_x86_64',
    ]);
    expect(wheelPlatforms(host({ platform: 'linux', arch: 'arm64', glibc: '2.31' }))).toContain(
      'manylinux_2_27_aarch64',
    );
  });

  it.each([
    ['20.6.0', 'macosx_11_0_arm64'],
    ['24.1.0', 'macosx_15_0_arm64'],
    ['25.0.0', 'macosx_26_0_arm64'],
  ])('lists macOS releases up to the host’s own: kernel %s, %s', (kernel, last) => {
    expect(wheelPlatforms(host({ platform: 'darwin', arch: 'arm64', kernel })).at(-1)).toBe(last);
  });

  it.each([
    ['Windows', { platform: 'win32', arch: 'x64' }],
    ['a C library that is not glibc', { platform: 'linux', arch: 'x64' }],
    ['a processor without wheels', { platform: 'linux', arch: 'riscv64', glibc: '2.39' }],
  ] as const)('is empty for %s', (_, changes) => {
    expect(wheelPlatforms(host(changes))).toEqual([]);
  });
});

it('takes any Python’s wheel of the project, range and platform', () => {
  const request = { project: 'tensorflow-cpu', range: '>=2.18', platforms: ['manylinux_2_27_x86_64'] };
  const wheel = (name: string) => fits(parseWheelName(name) as never, request);
  expect(wheel('tensorflow_cpu-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl')).toBe(true);
  expect(wheel('tensorflow-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl')).toBe(false);
  expect(wheel('tensorflow_cpu-2.17.0-cp310-cp310-manylinux_2_27_x86_64.whl')).toBe(false);
  expect(wheel('tensorflow_cpu-2.21.0-cp310-cp310-win_amd64.whl')).toBe(false);
});
