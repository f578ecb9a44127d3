import { countTensorsInEveryTest, expectNoLeak, tinyBatch, tinyClassifier } from '@loopwright/test-utils';
import { mean, ones, type Scalar, square, type Tensor, tidy, variableGrads } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { Adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { groupParams, namedParameters } from './param-groups.ts';
import { SGD } from './sgd.ts';

countTensorsInEveryTest();

const loss = (model: LayersModel) => () => {
  const { inputs } = tinyBatch();
  return mean(square(model.apply(inputs, { training: true }) as Tensor)) as Scalar;
};

const step = (model: LayersModel, optimizer: Optimizer) => tidy(() => void optimizer.minimize(loss(model)));

/** Names of the parameters that a step moves. */
function movedBy(model: LayersModel, optimizer: Optimizer): string[] {
  const read = () =>
    Object.entries(namedParameters(model)).map(([name, variable]) => [name, variable.dataSync().join()]);
  const before = Object.fromEntries(read());
  step(model, optimizer);
  return read()
    .filter(([name, value]) => before[name as string] !== value)
    .map(([name]) => name as string);
}

const all = ['hidden/kernel', 'norm/gamma', 'norm/beta', 'head/kernel', 'head/bias'];
const withoutHidden = all.filter((name) => name !== 'hidden/kernel');

/** The momentum buffers that an optimizer's state holds, by parameter. */
function slotsOf(optimizer: Optimizer): Record<string, { step: number; slots: object }> {
  const { groups } = optimizer.stateDict() as unknown as {
    groups: Record<string, { parameters: Record<string, { step: number; slots: object }> }>;
  };
  return Object.assign({}, ...Object.values(groups).map(({ parameters }) => parameters));
}

describe('freezing', () => {
  it('before construction: the layer can be unfrozen later without a new optimizer', () => {
    const model = tinyClassifier();
    model.getLayer('hidden').trainable = false;
    const optimizer = new SGD(model, { learningRate: 0.1, momentum: 0.9 });
    expect(movedBy(model, optimizer)).toEqual(withoutHidden);
    model.getLayer('hidden').trainable = true;
    expect(movedBy(model, optimizer)).toEqual(all);
    optimizer.dispose();
    model.dispose();
  });

  it('after construction: slots neither move to another parameter nor change', () => {
    const model = tinyClassifier();
    const optimizer = new Adam(model, { learningRate: 0.01 });
    expect(movedBy(model, optimizer)).toEqual(all);
    const before = slotsOf(optimizer);
    model.getLayer('hidden').trainable = false;
    expect(movedBy(model, optimizer)).toEqual(withoutHidden);
    const after = slotsOf(optimizer);
    expect(after['hidden/kernel']).toEqual(before['hidden/kernel']);
    expect(after['head/kernel']).not.toEqual(before['head/kernel']);
    expect(after['head/kernel']?.step).toBe(2);
    model.getLayer('hidden').trainable = true;
    expect(movedBy(model, optimizer)).toEqual(all);
    expect(slotsOf(optimizer)['hidden/kernel']?.step).toBe(2);
    optimizer.dispose();
    model.dispose();
  });

  it('counts the flag of layers whose variables TensorFlow.js leaves trainable', () => {
    const model = sequential({
      layers: [
        layers.dense({ name: 'constructed', units: 2, inputShape: [3, 2], trainable: false }),
        layers.lstm({ name: 'memory', units: 2, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ name: 'head', units: 1 }),
      ],
    });
    const moves = (optimizer: Optimizer) => {
      const before = Object.entries(namedParameters(model)).map(([name, v]) => [name, v.dataSync().join()]);
      tidy(() => void optimizer.minimize(() => mean(square(model.apply(ones([2, 3, 2])) as Tensor))));
      const now = namedParameters(model);
      const moved = before.filter(([name, value]) => now[name as string]?.dataSync().join() !== value);
      return [...new Set(moved.map(([name]) => name?.split('/')[0]))];
    };
    const whole = new SGD(model, { learningRate: 0.1 });
    const grouped = new SGD(groupParams(model, (name) => (name.startsWith('head') ? 'head' : 'rest')));
    model.getLayer('memory').trainable = false;
    for (const optimizer of [whole, grouped]) expect(moves(optimizer)).toEqual(['head']);
    model.getLayer('memory').trainable = true;
    model.getLayer('constructed').trainable = true;
    for (const optimizer of [whole, grouped])
      expect(moves(optimizer)).toEqual(['constructed', 'memory', 'head']);
    model.dispose();
  });

  it('never moves the statistics of batch normalization, and skips what is frozen in given gradients', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const optimizer = new SGD(model, { learningRate: 0.1 });
      const kernel = namedParameters(model)['hidden/kernel'];
      const before = kernel?.dataSync().join();
      tidy(() => {
        const { grads } = variableGrads(loss(model));
        expect(Object.keys(grads)).toContain(kernel?.name);
        model.getLayer('hidden').trainable = false;
        const statistics = model.getLayer('norm').getWeights().slice(2);
        const kept = statistics.map((value) => value.dataSync().join());
        optimizer.step(grads);
        expect(statistics.map((value) => value.dataSync().join())).toEqual(kept);
      });
      expect(kernel?.dataSync().join()).toBe(before);
      optimizer.dispose();
      model.dispose();
    }));

  it('says so when everything is frozen', () => {
    const model = tinyClassifier();
    const optimizer = new SGD(model);
    model.trainable = false;
    expect(() => step(model, optimizer)).toThrow(
      '[loopwright/optimizers] SGD: there is nothing to minimize: every parameter is frozen',
    );
    model.dispose();
  });
});
