import { expect, it } from 'vitest';
import { isCudaFile, parseCudaRequirement } from './cuda-wheels.ts';
import { tensorFlowProjects } from './tensorflow-wheel.ts';

it('reads the and-cuda requirements of TensorFlow’s wheels, in the forms that they have had', () => {
  const range = '<13.0,>=12.5.3.2';
  const expected = [{ project: 'nvidia-cublas-cu12', range }];
  expect(parseCudaRequirement(`nvidia-cublas-cu12${range}; extra == "and-cuda"`)).toEqual(expected);
  expect(parseCudaRequirement(`nvidia_cublas_cu12 (<13.0, >=12.5.3.2) ; extra == 'and-cuda'`)).toEqual(
    expected,
  );
  expect(parseCudaRequirement('nvidia-nccl-cu12 ==2.23.4 ; extra == "and-cuda"')).toEqual([
    { project: 'nvidia-nccl-cu12', range: '==2.23.4' },
  ]);
  expect(parseCudaRequirement('numpy>=1.26.0')).toEqual([]);
  expect(parseCudaRequirement('x>=1; extra == "gcs-filesystem"')).toEqual([]);
});

it.each([
  ['nvidia/cublas/lib/libcublas.so.12', true],
  ['nvidia/cu13/lib/libcudart.so.13', true],
  ['nvidia/cuda_nvcc/bin/ptxas', true],
  ['nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc', true],
  ['nvidia/cublas/include/cublas.h', false],
  ['nvidia/cublas/lib/libcublas_static.a', false],
  ['nvidia_cublas_cu12-12.6.4.1.dist-info/METADATA', false],
])('%s: %s', (path, wanted) => {
  expect(isCudaFile(path)).toBe(wanted);
});

it('knows which project carries TensorFlow for a platform', () => {
  expect(tensorFlowProjects({ arch: 'x64' }, 'cpu')).toEqual(['tensorflow-cpu', 'tensorflow']);
  expect(tensorFlowProjects({ arch: 'arm64' }, 'cpu')).toEqual(['tensorflow']);
  expect(tensorFlowProjects({ arch: 'x64' }, 'gpu')).toEqual(['tensorflow']);
});
