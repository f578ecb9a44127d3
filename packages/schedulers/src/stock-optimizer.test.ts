import { countTensorsInEveryTest, expectNoLeak, testVariable } from '@loopwright/test-utils';
import { type Optimizer, type Scalar, tensor1d, train } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ConstantLR,
  CyclicLR,
  ExponentialLR,
  type LRScheduler,
  OneCycleLR,
  ReduceLROnPlateau,
  SequentialLR,
} from './index.ts';

/** All optimizers of TensorFlow.js. Their steps are proportional to the rate, for gradients that do not depend on it. */
const makers: Readonly<Record<string, (learningRate: number) => Optimizer>> = {
  sgd: (rate) => train.sgd(rate),
  momentum: (rate) => train.momentum(rate, 0.9),
  rmsprop: (rate) => train.rmsprop(rate, 0.9),
  adagrad: (rate) => train.adagrad(rate),
  adadelta: (rate) => train.adadelta(rate),
  adam: (rate) => train.adam(rate),
  adamax: (rate) => train.adamax(rate),
};

const made: { dispose(): void }[] = [];

countTensorsInEveryTest();
// Hooks run last first: what was made is gone when tensors are counted.
afterEach(() => {
  for (const one of made.splice(0)) one.dispose();
});

/** Disposes an optimizer after the test, with the rate that `tf.train.momentum` forgets. */
function keep<T extends Optimizer>(optimizer: T): T {
  made.push(optimizer);
  const { c: rate } = optimizer as unknown as { c?: Scalar };
  if (rate !== undefined) made.push({ dispose: () => (optimizer as unknown as { c: Scalar }).c.dispose() });
  return optimizer;
}

/** How far each of some steps with given gradients moves a parameter. */
function moves(optimizer: Optimizer, scheduler?: LRScheduler, steps = 5): number[] {
  const weight = testVariable([0]);
  made.push(weight);
  keep(optimizer);
  return Array.from({ length: steps }, (_, step) => {
    const before = weight.dataSync()[0] as number;
    const gradient = tensor1d([Math.cos(step) + 2]);
    optimizer.applyGradients([{ name: weight.name, tensor: gradient }]);
    gradient.dispose();
    scheduler?.step();
    return (weight.dataSync()[0] as number) - before;
  });
}

describe('stock optimizers of TensorFlow.js', () => {
  it.each(Object.entries(makers))('tf.train.%s takes every step at the scheduled rate', (_, make) => {
    const fixed = moves(make(0.1));
    const optimizer = make(0.1);
    const scheduled = moves(optimizer, new ExponentialLR(optimizer, { gamma: 0.5 }));
    for (const [step, move] of scheduled.entries()) {
      expect(move / (fixed[step] as number), `step ${step}`).toBeCloseTo(0.5 ** step, 4);
    }
  });

  it.each(Object.entries(makers))(
    'tf.train.%s has no more tensors after a step than before',
    async (_, make) => {
      const optimizer = keep(make(0.1));
      const scheduler = new ExponentialLR(optimizer, { gamma: 0.5 });
      await expectNoLeak(() => scheduler.step());
      await expectNoLeak(() => scheduler.loadStateDict(scheduler.stateDict()));
    },
  );

  it('trap: sgd.learningRate = x is ignored, so its setter is used', () => {
    const ignored = train.sgd(1);
    (ignored as unknown as { learningRate: number }).learningRate = 0.5;
    expect(moves(ignored, undefined, 1)).toEqual([-3]);
    const optimizer = train.sgd(2);
    const scheduler = new ConstantLR(optimizer, { factor: 0.25 });
    expect(moves(optimizer, scheduler, 1)).toEqual([-1.5]);
  });

  it.each([
    ['sgd', 'it has none', (): Optimizer => train.sgd(0.1)],
    ['momentum', 'trap: setMomentum does nothing', (): Optimizer => train.momentum(0.1, 0.9)],
    ['adam', 'trap: beta1 has no setter, and its powers are kept apart', (): Optimizer => train.adam(0.1)],
    ['adamax', 'the same', (): Optimizer => train.adamax(0.1)],
  ] as const)('tf.train.%s is refused where momentum is to be cycled: %s', (name, _, make) => {
    const optimizer = keep(make());
    const refusal = `tf.train.${name} has no momentum or beta1 that can be set; pass cycleMomentum: false`;
    expect(() => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 9 })).toThrow(refusal);
    expect(() => new CyclicLR(optimizer, { baseLr: 0.1, maxLr: 1 })).toThrow(refusal);
    expect(optimizer.getConfig()).toMatchObject({ learningRate: 0.1 });
    const scheduler = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 9, cycleMomentum: false });
    expect(scheduler.getLastLr()[0]).toBeCloseTo(0.04, 12);
  });

  it('tf.train.rmsprop reads its momentum at every step, so it is cycled', () => {
    const optimizer = train.rmsprop(0.1, 0.9, 0);
    const momentum = { baseMomentum: 0.5, maxMomentum: 0.5 };
    const cycled = moves(optimizer, new CyclicLR(optimizer, { baseLr: 0.1, maxLr: 0.1, ...momentum }));
    expect(cycled).toEqual(moves(train.rmsprop(0.1, 0.9, 0.5)));
  });

  it('are the same optimizer to all their schedulers', () => {
    const optimizer = keep(train.adam(0.1));
    const first = new ConstantLR(optimizer, { factor: 0.5, totalIters: 3 });
    const second = new ExponentialLR(optimizer, { gamma: 0.5 });
    const scheduler = new SequentialLR(optimizer, { schedulers: [first, second], milestones: [3] });
    const rates = [1, 2, 3, 4].map(() => {
      scheduler.step();
      return scheduler.getLastLr()[0];
    });
    expect(rates).toEqual([0.05, 0.05, 0.1, 0.05]);
  });

  it('work with ReduceLROnPlateau', () => {
    const optimizer = keep(train.adagrad(1));
    const scheduler = new ReduceLROnPlateau(optimizer, { patience: 0 });
    scheduler.step(1);
    scheduler.step(1);
    expect(optimizer.getConfig()).toMatchObject({ learningRate: 0.1 });
  });

  it('are refused by class name if they are none of the seven', () => {
    const stranger = { getClassName: () => 'Lion', applyGradients() {}, learningRate: 0.1 };
    expect(() => new ExponentialLR(stranger, { gamma: 0.5 })).toThrow(
      "[loopwright/schedulers] ExponentialLR: optimizer must have paramGroups or be one of TensorFlow.js's " +
        '(SGD, Momentum, RMSProp, Adagrad, Adadelta, Adam, Adamax), got "Lion"',
    );
  });
});
