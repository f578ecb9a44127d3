import { describe, expect, it } from 'vitest';
import { OneCycleLR, oneCycle, preview } from './index.ts';

const makeOptimizer = (hyperParameters: object = { momentum: 0.9 }) => ({
  paramGroups: [{ learningRate: 0.1, ...hyperParameters }],
});

describe('OneCycleLR', () => {
  it('trap: runs past its end. It refuses, and the rate of the last legal step is still there', () => {
    const optimizer = makeOptimizer();
    const scheduler = new OneCycleLR(optimizer, { maxLr: 0.3, totalSteps: 10 });
    for (let step = 0; step < 10; step++) scheduler.step();
    const rates = scheduler.getLastLr();
    const state = scheduler.stateDict();
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(() => scheduler.step()).toThrow(
        '[loopwright/schedulers] OneCycleLR: step 11 is past the end, totalSteps is 10',
      );
    }
    expect(scheduler.getLastLr()).toEqual(rates);
    expect(scheduler.stateDict()).toEqual(state);
    expect(optimizer.paramGroups[0]?.learningRate).toBe(rates[0]);
  });

  it('ends at its lowest rate on the last step of the run', () => {
    const { totalSteps, maxLr } = { totalSteps: 20, maxLr: 0.5 };
    const rates = preview(oneCycle({ maxLr, totalSteps }), totalSteps);
    expect(rates[0]).toBeCloseTo(maxLr / 25, 12);
    expect(Math.max(...rates)).toBeCloseTo(maxLr, 12);
    expect(rates.at(-1)).toBeCloseTo(maxLr / 25 / 1e4, 12);
    expect(() => oneCycle({ maxLr, totalSteps })(21)).toThrow('oneCycle: step 21 is past the end');
  });

  it('cycles beta1 where a group has one, and momentum where it has not', () => {
    const adam = makeOptimizer({ beta1: 0.9, momentum: 0.5 });
    new OneCycleLR(adam, { maxLr: 1, totalSteps: 10 });
    expect(adam.paramGroups[0]).toMatchObject({ beta1: 0.95, momentum: 0.5 });
    const sgd = makeOptimizer();
    new OneCycleLR(sgd, { maxLr: 1, totalSteps: 10 });
    expect(sgd.paramGroups[0]).toMatchObject({ momentum: 0.95 });
  });

  it('refuses an optimizer without momentum before it changes anything, unless told not to cycle it', () => {
    const optimizer = makeOptimizer({});
    expect(() => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 10 })).toThrow(
      'OneCycleLR: the optimizer has no momentum or beta1 that can be set; pass cycleMomentum: false',
    );
    expect(optimizer).toEqual(makeOptimizer({}));
    new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 10, cycleMomentum: false });
    expect(optimizer.paramGroups[0]).toEqual({ learningRate: expect.closeTo(0.04, 12) });
  });

  it('does not divide by a phase without steps, as PyTorch does', () => {
    const firstStepIsHighest = preview(oneCycle({ maxLr: 1, totalSteps: 10, pctStart: 0.1 }), 10);
    expect(firstStepIsHighest[0]).toBe(1);
    expect(firstStepIsHighest.at(-1)).toBeCloseTo(4e-6, 12);
    const neverFalls = preview(oneCycle({ maxLr: 1, totalSteps: 10, pctStart: 1 }), 11);
    expect(neverFalls[9]).toBe(1);
    expect(neverFalls.every(Number.isFinite)).toBe(true);
    expect(preview(oneCycle({ maxLr: 1, totalSteps: 1 }), 2).every(Number.isFinite)).toBe(true);
  });
});
