import { describe, expect, it } from 'vitest';
import {
  chained,
  constantFactor,
  cosineAnnealing,
  cosineAnnealingWarmRestarts,
  cyclic,
  cyclicMomentum,
  exponentialDecay,
  flatCos,
  lambdaSchedule,
  linear,
  multiplicative,
  multiStepDecay,
  oneCycle,
  oneCycleMomentum,
  plateau,
  polynomialDecay,
  preview,
  sequential,
  stepDecay,
  swaAnnealing,
} from './index.ts';

describe('schedules without an optimizer, by hand', () => {
  const half = Math.SQRT1_2 / 2;
  it.each([
    ['lambdaSchedule', lambdaSchedule({ baseLr: 2, lrLambda: (k) => 1 / (k + 1) }), [2, 1, 2 / 3]],
    ['multiplicative', multiplicative({ baseLr: 2, lrLambda: (k) => k }), [2, 2, 4, 12]],
    ['stepDecay', stepDecay({ baseLr: 1, stepSize: 2, gamma: 0.5 }), [1, 1, 0.5, 0.5, 0.25]],
    ['stepDecay, its gamma by default', stepDecay({ stepSize: 1 }), [1, 0.1, 0.01]],
    ['multiStepDecay', multiStepDecay({ milestones: [3, 1], gamma: 0.5 }), [1, 0.5, 0.5, 0.25]],
    ['constantFactor', constantFactor({ baseLr: 3, totalIters: 2 }), [1, 1, 3]],
    ['linear', linear({ baseLr: 1, startFactor: 0.5, totalIters: 2 }), [0.5, 0.75, 1, 1]],
    ['exponentialDecay', exponentialDecay({ baseLr: 8, gamma: 0.5 }), [8, 4, 2]],
    ['polynomialDecay', polynomialDecay({ totalIters: 2, power: 2 }), [1, 0.25, 0, 0]],
    ['cosineAnnealing', cosineAnnealing({ baseLr: 2, tMax: 2, etaMin: 1 }), [2, 1.5, 1, 1.5, 2]],
    ['cosineAnnealingWarmRestarts', cosineAnnealingWarmRestarts({ t0: 1, tMult: 2 }), [1, 1, 0.5, 1]],
    ['cyclic', cyclic({ baseLr: 1, maxLr: 3, stepSizeUp: 2, mode: 'triangular2' }), [1, 2, 3, 2, 1, 1.5, 2]],
    ['cyclicMomentum', cyclicMomentum({ baseLr: 0, maxLr: 1, stepSizeUp: 2 }), [0.9, 0.85, 0.8, 0.85]],
    [
      'oneCycle',
      oneCycle({ maxLr: 1, totalSteps: 7, pctStart: 3 / 7, finalDivFactor: 1, annealStrategy: 'linear' }),
      [0.04, 0.52, 1, 0.76, 0.52, 0.28, 0.04],
    ],
    [
      'oneCycleMomentum',
      oneCycleMomentum({ maxLr: 1, totalSteps: 5, pctStart: 0.6 }),
      [0.95, 0.9, 0.85, 0.9, 0.95],
    ],
    ['plateau', plateau({ baseLr: 1, metrics: [3, 2, 2, 2], patience: 1 }), [1, 1, 1, 1, 0.1]],
    [
      'sequential',
      sequential({ schedules: [(k) => k, (k) => 10 + k, (k) => 20 + k], milestones: [2, 3] }),
      [0, 1, 10, 20, 21],
    ],
    ['chained', chained([(k) => k + 1, () => 2]), [2, 4, 6]],
    ['swaAnnealing', swaAnnealing({ baseLr: 1, swaLr: 3, annealEpochs: 2 }), [1, 2, 3, 3]],
    [
      'flatCos',
      flatCos({ totalSteps: 8, pctStart: 0.5 }),
      [1, 1, 1, 1, 1, 0.5 + half, 0.5, 0.5 - half, 0, 0],
    ],
  ])('%s', (_, schedule, expected) => {
    const values = preview(schedule, expected.length);
    // flatCos ends at 1e-5 of its height, so its hand-written values are good to that.
    for (const [step, value] of values.entries())
      expect(value, `step ${step}`).toBeCloseTo(expected[step] ?? NaN, 4);
  });

  it('refuses bad options under their own names', () => {
    expect(() => stepDecay({ stepSize: 0 })).toThrow(
      '[loopwright/schedulers] stepDecay: stepSize must be a positive integer, got 0',
    );
    expect(() => stepDecay({ stepSize: 1, baseLr: Number.NaN })).toThrow('stepDecay: baseLr must be');
    expect(() => stepDecay(undefined as never)).toThrow('stepDecay: stepSize must be');
    expect(() => linear({ start: 1 } as never)).toThrow('linear: unknown option "start"');
    expect(() => sequential({ schedules: [(k) => k], milestones: [1] })).toThrow(
      'sequential: milestones must be one fewer than schedules (1), got [1]',
    );
    expect(() => chained([])).toThrow('chained: schedules must be a list of at least one');
    expect(() => chained([1 as never])).toThrow('chained: schedules[0] must be a function, got 1');
    expect(() => plateau({ metrics: [Number.NaN] })).toThrow('plateau: metric must be a number, got NaN');
    expect(() => plateau({ metrics: [1] })(2)).toThrow('plateau: step 2 needs 2 metrics, there are 1');
    expect(() => preview((k) => k, -1)).toThrow('preview: steps must be an integer at least 0, got -1');
    expect(() => preview(1 as never, 1)).toThrow('preview: schedule must be a function, got 1');
  });
});
