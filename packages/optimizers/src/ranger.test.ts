import { countTensorsInEveryTest, expectNoLeak, testVariable } from '@loopwright/test-utils';
import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { centralizationAxes, centralizeGradient } from './gradient-centralization.ts';
import { Ranger } from './ranger.ts';

countTensorsInEveryTest();

describe('centralizationAxes', () => {
  it('are all that lead to one output in TensorFlow’s layouts', () => {
    expect(centralizationAxes('dense_1/kernel', [784, 10])).toEqual([0]);
    expect(centralizationAxes('conv2d_1/kernel', [3, 3, 16, 32])).toEqual([0, 1, 2]);
    expect(centralizationAxes('mobile/depthwise_kernel', [3, 3, 16, 1])).toEqual([0, 1]);
    expect(centralizationAxes('mobile/pointwise_kernel', [1, 1, 16, 32])).toEqual([0, 1, 2]);
    expect(centralizationAxes('dense_1/bias', [10])).toEqual([]);
    expect(centralizationAxes('scale', [])).toEqual([]);
  });

  it('give gradients of mean zero for every output', () =>
    expectNoLeak(() => {
      const gradient = tensor2d([1, 2, 3, 6], [2, 2]);
      const centralized = centralizeGradient(gradient, [0]);
      expect(centralized.arraySync()).toEqual([
        [-1, -2],
        [1, 2],
      ]);
      expect(centralizeGradient(gradient, [])).toBe(gradient);
      dispose([gradient, centralized]);
    }));
});

describe('Ranger', () => {
  it('has the defaults of its version 20.4.11', () => {
    const w = testVariable([1]);
    const optimizer = new Ranger({ w });
    expect(optimizer).toMatchObject({ k: 6, alpha: 0.5 });
    expect(optimizer.paramGroups[0]).toMatchObject({
      learningRate: 1e-3,
      beta1: 0.95,
      beta2: 0.999,
      epsilon: 1e-5,
      weightDecay: 0,
      gradientCentralization: true,
    });
    w.dispose();
  });

  it('takes other axes from the user', () => {
    const kernel = testVariable([
      [1, 1],
      [1, 1],
    ]);
    const optimizer = new Ranger({ kernel }, { centralizationAxes: () => [1], learningRate: 1 });
    const gradient = tensor2d([1, 1, 3, 5], [2, 2]);
    optimizer.step({ kernel: gradient });
    const [[a, b], [c, d]] = kernel.arraySync() as [[number, number], [number, number]];
    expect([a, b]).toEqual([1, 1]);
    expect(c).toBeCloseTo(2, 5);
    expect(d).toBeCloseTo(0, 5);
    optimizer.dispose();
    dispose([gradient, kernel]);
  });

  it('reports errors under its own name', () => {
    const w = testVariable([1]);
    expect(() => new Ranger({ w }, { k: 0 })).toThrow('[loopwright/optimizers] Ranger: k must be');
    expect(() => new Ranger({ w }, { beta1: 1 })).toThrow('[loopwright/optimizers] Ranger: beta1 must be');
    expect(() => new Ranger({ w }, { decoupledWeightDecay: true } as object)).toThrow(
      'Ranger: unknown option "decoupledWeightDecay"',
    );
    w.dispose();
  });
});
