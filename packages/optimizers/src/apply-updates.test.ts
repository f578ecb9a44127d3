import { type InPlaceKernels, inPlaceKernels, provideInPlaceKernels } from '@loopwright/core/tensors';
import { countTensorsInEveryTest } from '@loopwright/test-utils';
import {
  dispose,
  getBackend,
  type Tensor,
  tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Adam } from './adam.ts';
import { AdamW } from './adamw.ts';
import { Lookahead } from './lookahead.ts';
import type { Optimizer } from './optimizer.ts';
import { RAdam } from './radam.ts';
import { Ranger } from './ranger.ts';
import { RMSprop } from './rmsprop.ts';
import { SGD } from './sgd.ts';

type Variables = Record<string, Variable>;
type Make = (variables: Variables, options: object) => Optimizer;

const make: Record<string, Make> = {
  SGD: (variables, options) => new SGD(variables, options),
  Adam: (variables, options) => new Adam(variables, options),
  AdamW: (variables, options) => new AdamW(variables, options),
  RAdam: (variables, options) => new RAdam(variables, options),
  RMSprop: (variables, options) => new RMSprop(variables, options),
  Lookahead: (variables, options) => new Lookahead(variables, options),
  Ranger: (variables, options) => new Ranger(variables, options),
};

/** Every option that a kernel knows. `Ranger` centralizes, and sums in another order than tensor operations do. */
const cases: [name: string, options: object, exact?: boolean][] = [
  ['SGD', { learningRate: 0.1 }],
  ['SGD', { learningRate: 0.1, weightDecay: 0.01, maximize: true }],
  ['SGD', { learningRate: 0.1, momentum: 0.9, dampening: 0.3, weightDecay: 0.01 }],
  ['SGD', { learningRate: 0.1, momentum: 0.9, nesterov: true }],
  ['Adam', { learningRate: 0.01, weightDecay: 0.1, maximize: true }],
  ['Adam', { learningRate: 0.01, amsgrad: true, beta1: 0, epsilon: 0.1 }],
  ['AdamW', { learningRate: 0.01, weightDecay: 0.1 }],
  ['AdamW', { learningRate: 0.01, weightDecay: 0.1, amsgrad: true, maximize: true }],
  ['RAdam', { learningRate: 0.01, weightDecay: 0.1 }],
  ['RAdam', { learningRate: 0.01, weightDecay: 0.1, decoupledWeightDecay: true, maximize: true }],
  ['RMSprop', { learningRate: 0.01, weightDecay: 0.1 }],
  ['RMSprop', { learningRate: 0.01, momentum: 0.9 }],
  ['RMSprop', { learningRate: 0.01, centered: true, maximize: true }],
  ['RMSprop', { learningRate: 0.01, centered: true, momentum: 0.9, decay: 0.5 }],
  ['Lookahead', { learningRate: 0.1, momentum: 0.9, k: 2, alpha: 0.3 }],
  ['Ranger', { learningRate: 0.1, weightDecay: 0.1, k: 3 }, false],
  ['Ranger', { learningRate: 0.1, gradientCentralization: false }],
];

const kernels = inPlaceKernels();
countTensorsInEveryTest();
afterEach(() => {
  provideInPlaceKernels(getBackend(), kernels);
});

describe.skipIf(kernels === undefined)('an engine that changes variables in place', () => {
  it.each(cases)('steps %s %o as tensor operations do, all parameters at once', (name, options, exact) => {
    const sides = [makeSide(name, options), makeSide(name, options)] as const;
    const update = countUpdates();
    for (let step = 1; step <= 8; step++) {
      provideInPlaceKernels(getBackend(), update.kernels);
      advance(sides[0], step);
      provideInPlaceKernels(getBackend(), undefined);
      advance(sides[1], step);
      expectSame(everything(sides[0]), everything(sides[1]), exact ?? true, `at step ${step}`);
    }
    expect(update.spy.mock.calls.filter(([kernel]) => kernel !== 'synchronize')).toHaveLength(8);
    sides.forEach(disposeSide);
  });

  it('leaves out slots that are not in use any more, and takes them up again', () => {
    const sides = [makeSide('SGD', { momentum: 0.9 }), makeSide('SGD', { momentum: 0.9 })] as const;
    for (const [index, momentum] of [0.9, 0, 0, 0.5].entries()) {
      for (const [side, available] of [kernels, undefined].entries()) {
        provideInPlaceKernels(getBackend(), available);
        for (const group of (sides[side] as Side).optimizer.paramGroups) Object.assign(group, { momentum });
        advance(sides[side] as Side, index);
      }
      expectSame(everything(sides[0]), everything(sides[1]), true, `with momentum ${momentum}`);
    }
    sides.forEach(disposeSide);
  });

  it('leaves parameters that its kernel cannot update to tensor operations, and steps the others', () => {
    const axes = (name: string) => (name === 'kernel' ? [1] : []);
    const options = { learningRate: 0.1, centralizationAxes: axes };
    const sides = [makeSide('Ranger', options), makeSide('Ranger', options)] as const;
    const { spy, kernels: counting } = countUpdates();
    for (const [side, available] of [counting, undefined].entries()) {
      provideInPlaceKernels(getBackend(), available);
      advance(sides[side] as Side, 1);
    }
    expect(spy.mock.calls[0]?.[1]).toHaveLength(3);
    expectSame(everything(sides[0]), everything(sides[1]), false, 'after a step');
    sides.forEach(disposeSide);
  });

  it.each([
    ['refuses', () => false, undefined],
    [
      'fails',
      () => {
        throw new Error('out of memory');
      },
      'out of memory',
    ],
  ])('changes nothing and keeps no slot when the engine %s', (_, update, message) => {
    const side = makeSide('Adam', {});
    provideInPlaceKernels(getBackend(), { ...(kernels as InPlaceKernels), update });
    if (message !== undefined) {
      const before = everything(side);
      expect(() => advance(side, 1)).toThrow(message);
      expect(everything(side)).toEqual(before);
    } else {
      const other = makeSide('Adam', {});
      advance(side, 1);
      provideInPlaceKernels(getBackend(), undefined);
      advance(other, 1);
      expect(everything(side)).toEqual(everything(other));
      disposeSide(other);
    }
    disposeSide(side);
  });
});

interface Side {
  readonly variables: Variables;
  readonly optimizer: Optimizer;
}

const shapes = { kernel: [3, 3, 2, 5], depthwise_kernel: [2, 2, 3, 1], matrix: [33, 7], scale: [] };

function makeSide(name: string, options: object): Side {
  const entries = Object.entries(shapes).map(([key, shape], index) => [
    key,
    tidy(() => variable(wave(shape, index))),
  ]);
  const variables: Variables = Object.fromEntries(entries);
  return { variables, optimizer: (make[name] as Make)(variables, options) };
}

function advance({ optimizer }: Side, step: number): void {
  tidy(() => {
    const gradients = Object.entries(shapes).map(([key, shape], index) => [
      key,
      wave(shape, 10 * step + index),
    ]);
    optimizer.step(Object.fromEntries(gradients));
  });
}

function wave(shape: readonly number[], phase: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(phase + 2 * i)),
    [...shape],
  );
}

/** All numbers that a side consists of, by path. */
function everything({ variables, optimizer }: Side): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const visit = (path: string, value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.set(path, Array.from(value as Float32Array));
    else if (typeof value === 'number') found.set(path, [value]);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(`${path}/${key}`, inner);
    }
  };
  visit('', optimizer.stateDict());
  for (const [name, held] of Object.entries(variables)) visit(name, held.dataSync());
  return found;
}

/** Zeros of either sign are the same. */
function expectSame(
  actual: Map<string, number[]>,
  expected: Map<string, number[]>,
  exact: boolean,
  when: string,
) {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [path, values] of expected) {
    values.forEach((value, i) => {
      const difference = Math.abs((actual.get(path)?.[i] as number) - value);
      const allowed = exact ? 0 : 2e-6 * Math.max(1, Math.abs(value));
      expect(
        difference,
        `${path}[${i}] ${when}: ${actual.get(path)?.[i]}, expected ${value}`,
      ).toBeLessThanOrEqual(allowed);
    });
  }
}

function countUpdates() {
  const given = kernels as InPlaceKernels;
  const spy = vi.fn(given.update);
  return { spy, kernels: { ...given, update: spy as InPlaceKernels['update'] } };
}

function disposeSide({ variables, optimizer }: Side): void {
  optimizer.dispose();
  dispose(variables);
}
