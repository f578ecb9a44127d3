import { engine, matMul, ones, tidy } from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import type { BindingLayer } from './layers.ts';
import { activeNativeBackend, insertLayer } from './native-backend.ts';

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0).reverse()) remove();
});

const named =
  (label: string, seen: string[]): BindingLayer =>
  (next) => ({
    executeOp: (name, attributes, inputs, outputs) => {
      seen.push(`${label} ${name}`);
      return next.executeOp(name, attributes, inputs, outputs);
    },
  });

const multiply = () => tidy(() => matMul(ones([2, 2]), ones([2, 2])).dataSync()[0]);

it('passes calls through layers in the order of their slots, whatever order they came in', () => {
  const seen: string[] = [];
  removals.push(insertLayer('recording', named('recording', seen)));
  removals.push(insertLayer('precision', named('precision', seen)));
  expect(multiply()).toBe(2);
  const product = seen.filter((call) => /MatMul/.test(call)).map((call) => call.split(' ')[0]);
  expect(product).toEqual(['precision', 'recording']);
});

it('takes a layer away again, and puts back the one it replaced', () => {
  const seen: string[] = [];
  removals.push(insertLayer('recording', named('outer', seen)));
  const remove = insertLayer('recording', named('inner', seen));
  remove();
  multiply();
  expect(new Set(seen.map((call) => call.split(' ')[0]))).toEqual(new Set(['outer']));
  removals.pop()?.();
  seen.length = 0;
  multiply();
  expect(seen).toEqual([]);
});

it('offers what the extension adds: shared and deleted ids count', () => {
  const backend = activeNativeBackend();
  const extension = backend?.binding.loopwright;
  if (backend === undefined || extension === undefined) throw new Error('the engine is not loaded');
  const before = backend.binding.getNumOfTensors();
  const tensor = ones([3]);
  const [id] = backend.getInputTensorIds([tensor]) as [number];
  const shared = extension.shareTensor(id);
  tensor.dispose();
  expect(backend.binding.tensorDataSync(shared)).toEqual(Float32Array.of(1, 1, 1));
  expect(() => extension.deleteTensors([shared, 1_000_000])).toThrow('tensor 1000000 does not exist');
  extension.deleteTensors([shared]);
  expect(backend.binding.getNumOfTensors()).toBe(before);
  expect(engine().backendName).toBe('tensorflow');
});
