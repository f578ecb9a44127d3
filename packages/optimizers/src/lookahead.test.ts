import { countTensorsInEveryTest, testVariable } from '@loopwright/test-utils';
import { dispose, memory, tensor1d, tidy, type Variable } from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { AdamW } from './adamw.ts';
import { Lookahead } from './lookahead.ts';
import type { Optimizer } from './optimizer.ts';
import { SGD } from './sgd.ts';

countTensorsInEveryTest();

const step = (optimizer: Optimizer, names = ['w']) =>
  tidy(() => optimizer.step(Object.fromEntries(names.map((name) => [name, tensor1d([1])]))));
const value = (variable: Variable) => variable.dataSync()[0];

describe('Lookahead', () => {
  it('starts from slow weights copied before the first step', () => {
    const w = testVariable([0]);
    const optimizer = new Lookahead(new SGD({ w }, { learningRate: 1 }), { k: 2, alpha: 0.5 });
    step(optimizer); // fast -1
    expect(value(w)).toBe(-1);
    step(optimizer); // fast -2, slow 0 → -1
    expect(value(w)).toBe(-1);
    step(optimizer);
    step(optimizer); // fast -3, slow -1 → -2
    expect(value(w)).toBe(-2);
    optimizer.dispose();
    w.dispose();
  });

  it('leaves a frozen parameter and its slow weights where they are', () => {
    const [w, v] = [testVariable([0]), testVariable([0])];
    const optimizer = new Lookahead({ w, v }, { learningRate: 1, k: 2, alpha: 0.5 });
    step(optimizer, ['w', 'v']);
    w.trainable = false;
    step(optimizer, ['w', 'v']);
    expect([value(w), value(v)]).toEqual([-1, -1]);
    w.trainable = true;
    step(optimizer, ['w', 'v']);
    expect([value(w), value(v)]).toEqual([-1, -2]);
    optimizer.dispose();
    dispose([w, v]);
  });

  it('makes its inner optimizer, SGD unless another class is given, or wraps one', () => {
    const w = testVariable([0]);
    const before = memory().numTensors;
    const inner = new AdamW({ w }, { learningRate: 0.5 });
    const wrapped = new Lookahead(inner);
    expect(wrapped).toMatchObject({ k: 6, alpha: 0.5, optimizer: inner });
    expect(wrapped.paramGroups).toBe(inner.paramGroups);
    expect(new Lookahead({ w }, { momentum: 0.9 }).optimizer).toBeInstanceOf(SGD);
    const made = new Lookahead({ w }, { optimizer: AdamW, beta1: 0.5, noDecay: () => true });
    expect(made.paramGroups).toMatchObject([{ name: 'default.noDecay', beta1: 0.5, weightDecay: 0 }]);
    step(wrapped);
    wrapped.dispose();
    expect(memory().numTensors).toBe(before);
    w.dispose();
  });

  it('has no slow weights from a first step that failed', () => {
    const w = testVariable([0]);
    const inner = new SGD({ w }, { learningRate: 1 });
    const optimizer = new Lookahead(inner, { k: 1, alpha: 0.5 });
    vi.spyOn(inner, 'prepareStep').mockReturnValueOnce(() => {
      throw new Error('out of memory');
    });
    expect(() => step(optimizer)).toThrow('out of memory');
    optimizer.loadStateDict(optimizer.stateDict());
    tidy(() => w.assign(tensor1d([100])));
    step(optimizer); // fast 99, slow 100 → 99.5
    expect(value(w)).toBe(99.5);
    optimizer.dispose();
    w.dispose();
  });

  it('refuses bad options by name, when set later too', () => {
    const w = testVariable([0]);
    const refused = (options: object, message: string) =>
      expect(() => new Lookahead({ w }, options)).toThrow(message);
    refused({ k: 0 }, '[loopwright/optimizers] Lookahead: k must be a positive integer, got 0');
    refused({ alpha: 1.5 }, 'Lookahead: alpha must be a finite number at least 0 and at most 1, got 1.5');
    refused({ beta1: 0.9 }, 'SGD: unknown option "beta1"');
    expect(() => new Lookahead(new SGD({ w }), { momentum: 0.9 } as object)).toThrow(
      'Lookahead: unknown option "momentum" (known options: k, alpha)',
    );
    const optimizer = new Lookahead({ w });
    optimizer.k = 0.5;
    expect(() => step(optimizer)).toThrow('k must be a positive integer, got 0.5');
    expect(value(w)).toBe(0);
    w.dispose();
  });

  it('takes a state whole or not at all', () => {
    const [w, v] = [testVariable([0]), testVariable([0])];
    const optimizer = new Lookahead({ w, v }, { k: 3, momentum: 0.9 });
    step(optimizer);
    const good = structuredClone(optimizer.stateDict());
    const refused = (change: object, message: string) => {
      expect(() => optimizer.loadStateDict({ ...structuredClone(good), ...change })).toThrow(message);
      expect(optimizer.stateDict()).toEqual(good);
    };
    const { slow } = good as unknown as { slow: Record<string, object> };
    refused({ k: 0 }, 'state.k must be a positive integer, got 0');
    refused({ k: 4, slow: { w: slow.w } }, 'state.slow does not fit: missing "v"');
    refused({ k: 4, slow: { w: { ...slow.w, step: 0 }, v: null } }, 'step must be a positive integer, got 0');
    refused({ k: 4, optimizer: { version: 2 } }, 'SGD: state has version 2');
    refused({ k: 4, optimizer: null }, 'state.optimizer must be a record, got null');
    optimizer.dispose();
    dispose([w, v]);
  });
});
