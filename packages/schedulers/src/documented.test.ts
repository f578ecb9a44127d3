import type { HasParamGroups } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import {
  ChainedScheduler,
  ConstantLR,
  ExponentialLR,
  LinearLR,
  type LRScheduler,
  MultiStepLR,
  PolynomialLR,
  SequentialLR,
  StepLR,
  SWALR,
} from './index.ts';

/** The rates of `steps` steps, the first one before any call of `step()`. */
function trajectory(
  steps: number,
  learningRate: number,
  make: (optimizer: HasParamGroups) => LRScheduler,
): number[] {
  const optimizer = { paramGroups: [{ learningRate }] };
  const scheduler = make(optimizer);
  const rates: number[] = [];
  for (let step = 0; step < steps; step++) {
    if (step > 0) scheduler.step();
    rates.push(optimizer.paramGroups[0]?.learningRate as number);
  }
  return rates;
}

function expectRates(actual: readonly number[], expected: Readonly<Record<number, number>>): void {
  for (const [step, rate] of Object.entries(expected)) {
    expect(actual[Number(step)], `step ${step}`).toBeCloseTo(rate, 12);
  }
}

/** The lists in the documentation of PyTorch 2.13, for an optimizer with a rate of 0.05 unless they say otherwise. */
describe("the examples of PyTorch's documentation", () => {
  it('StepLR', () => {
    const rates = trajectory(100, 0.05, (optimizer) => new StepLR(optimizer, { stepSize: 30, gamma: 0.1 }));
    expectRates(rates, { 0: 0.05, 29: 0.05, 30: 0.005, 59: 0.005, 60: 0.0005, 90: 0.00005 });
  });

  it('MultiStepLR', () => {
    const rates = trajectory(
      100,
      0.05,
      (optimizer) => new MultiStepLR(optimizer, { milestones: [30, 80], gamma: 0.1 }),
    );
    expectRates(rates, { 0: 0.05, 29: 0.05, 30: 0.005, 79: 0.005, 80: 0.0005 });
  });

  it('ConstantLR', () => {
    const rates = trajectory(
      6,
      0.05,
      (optimizer) => new ConstantLR(optimizer, { factor: 0.5, totalIters: 4 }),
    );
    expectRates(rates, { 0: 0.025, 1: 0.025, 2: 0.025, 3: 0.025, 4: 0.05, 5: 0.05 });
  });

  it('LinearLR', () => {
    const rates = trajectory(
      6,
      0.05,
      (optimizer) => new LinearLR(optimizer, { startFactor: 0.5, totalIters: 4 }),
    );
    expectRates(rates, { 0: 0.025, 1: 0.03125, 2: 0.0375, 3: 0.04375, 4: 0.05, 5: 0.05 });
  });

  it('PolynomialLR', () => {
    const rates = trajectory(
      7,
      0.05,
      (optimizer) => new PolynomialLR(optimizer, { totalIters: 4, power: 1 }),
    );
    expectRates(rates, { 0: 0.05, 1: 0.0375, 2: 0.025, 3: 0.0125, 4: 0, 5: 0 });
  });

  it('SequentialLR', () => {
    const rates = trajectory(100, 0.05, (optimizer) => {
      const first = new ConstantLR(optimizer, { factor: 0.1, totalIters: 20 });
      const second = new ExponentialLR(optimizer, { gamma: 0.9 });
      return new SequentialLR(optimizer, { schedulers: [first, second], milestones: [20] });
    });
    expectRates(rates, { 0: 0.005, 1: 0.005, 19: 0.005, 20: 0.05, 21: 0.045, 22: 0.0405 });
  });

  it('ChainedScheduler', () => {
    const rates = trajectory(22, 0.05, (optimizer) => {
      const first = new ConstantLR(optimizer, { factor: 0.1, totalIters: 20 });
      const second = new ExponentialLR(optimizer, { gamma: 0.9 });
      return new ChainedScheduler([first, second]);
    });
    expectRates(rates, {
      0: 0.005,
      1: 0.0045,
      2: 0.00405,
      19: 0.005 * 0.9 ** 19,
      20: 0.05 * 0.9 ** 20,
      21: 0.05 * 0.9 ** 21,
    });
  });

  it('SWALR takes over from another scheduler, and leaves the rate alone until it is stepped', () => {
    const optimizer = { paramGroups: [{ learningRate: 0.2 }] };
    const scheduler = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
    const swaScheduler = new SWALR(optimizer, { swaLr: 0.05, annealEpochs: 2, annealStrategy: 'linear' });
    const rates = Array.from({ length: 5 }, (_, epoch) => {
      (epoch >= 1 ? swaScheduler : scheduler).step();
      return optimizer.paramGroups[0]?.learningRate;
    });
    expectRates(rates as number[], { 0: 0.1, 1: 0.075, 2: 0.05, 3: 0.05, 4: 0.05 });
  });
});
