import { getBackend, tensor1d, variable } from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { type InPlaceKernels, inPlaceKernels, provideInPlaceKernels, updateInPlace } from './in-place.ts';

const provided = inPlaceKernels();
afterEach(() => {
  provideInPlaceKernels(getBackend(), provided);
});

it('gives the kernels of the backend that computes now, and no others', () => {
  const calls: string[] = [];
  const kernels: InPlaceKernels = {
    update: (kernel, updates) => {
      calls.push(`${kernel} ${updates.length}`);
      return true;
    },
    clipToNorm: () => undefined,
    clipToRange: () => undefined,
    firstNotFinite: () => undefined,
  };
  const value = variable(tensor1d([1]));
  expect(provideInPlaceKernels(getBackend(), kernels)).toBe(provided);
  provideInPlaceKernels('another backend', undefined);
  expect(inPlaceKernels()).toBe(kernels);
  expect(updateInPlace('scale', [{ value, factor: 2 }])).toBe(true);
  expect(provideInPlaceKernels(getBackend(), undefined)).toBe(kernels);
  expect(inPlaceKernels()).toBeUndefined();
  expect(updateInPlace('scale', [{ value, factor: 2 }])).toBe(false);
  expect(calls).toEqual(['scale 1']);
  value.dispose();
});
