import type { Schedule } from '@loopwright/core';
import * as schedulers from '@loopwright/schedulers';
import {
  chained,
  type LRScheduler,
  type OpenLoopScheduler,
  preview,
  type SchedulableOptimizer,
  sequential,
} from '@loopwright/schedulers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** A scheduler's class with its pure schedule, and options for both. */
interface Pair {
  readonly name: string;
  readonly make: (optimizer: SchedulableOptimizer) => OpenLoopScheduler;
  readonly schedule: (baseLr: number) => Schedule;
}

const steps = fc.integer({ min: 1, max: 30 });
const part = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const decay = fc.double({ min: 0.5, max: 1.2, noNaN: true });
const rate = fc.double({ min: 1e-4, max: 1, noNaN: true });

function pair<O extends object>(
  Scheduler: new (optimizer: SchedulableOptimizer, options: O) => OpenLoopScheduler,
  pure: (options: O & { baseLr: number }) => Schedule,
  options: fc.Arbitrary<O>,
): fc.Arbitrary<Pair> {
  return options.map((given) => ({
    name: `${Scheduler.name} ${JSON.stringify(given)}`,
    make: (optimizer) => new Scheduler(optimizer, given),
    schedule: (baseLr) => pure({ ...given, baseLr }),
  }));
}

/** Those whose rate is a multiple of the base rate, whatever comes before them. */
const factors = fc.oneof(
  pair(schedulers.StepLR, schedulers.stepDecay, fc.record({ stepSize: steps, gamma: decay })),
  pair(
    schedulers.MultiStepLR,
    schedulers.multiStepDecay,
    fc.record({ milestones: fc.array(steps, { maxLength: 4 }), gamma: decay }),
  ),
  pair(schedulers.ConstantLR, schedulers.constantFactor, fc.record({ factor: part, totalIters: steps })),
  pair(
    schedulers.LinearLR,
    schedulers.linear,
    fc.record({ startFactor: part, endFactor: part, totalIters: steps }),
  ),
  pair(schedulers.ExponentialLR, schedulers.exponentialDecay, fc.record({ gamma: decay })),
  pair(schedulers.PolynomialLR, schedulers.polynomialDecay, fc.record({ totalIters: steps, power: decay })),
  pair(schedulers.FlatCosLR, schedulers.flatCos, fc.record({ totalSteps: steps, pctStart: part })),
);

const others = fc.oneof(
  pair(schedulers.CosineAnnealingLR, schedulers.cosineAnnealing, fc.record({ tMax: steps, etaMin: rate })),
  pair(
    schedulers.CosineAnnealingWarmRestarts,
    schedulers.cosineAnnealingWarmRestarts,
    fc.record({ t0: steps, tMult: fc.integer({ min: 1, max: 3 }), etaMin: rate }),
  ),
  pair(
    schedulers.LambdaLR,
    schedulers.lambdaSchedule,
    decay.map((gamma) => ({ lrLambda: (step: number) => 1 + gamma * step })),
  ),
);

const any = fc.oneof(factors, others);

function trajectory(scheduler: LRScheduler, length: number): number[] {
  return Array.from({ length }, (_, step) => {
    if (step > 0) scheduler.step();
    return scheduler.getLastLr()[0] as number;
  });
}

/** Both are float64; they part by the rounding of one product a step. */
function expectSame(actual: readonly number[], expected: readonly number[]): void {
  for (const [step, value] of expected.entries()) {
    const difference = Math.abs((actual[step] as number) - value);
    expect(difference, `step ${step}`).toBeLessThanOrEqual(1e-9 * Math.abs(value) + 1e-12);
  }
}

const optimizerAt = (learningRate: number) => ({ paramGroups: [{ learningRate }] });

describe('schedulers', () => {
  it('follow their pure schedules', () => {
    fc.assert(
      fc.property(any, rate, ({ make, schedule }, baseLr) => {
        expectSame(trajectory(make(optimizerAt(baseLr)), 70), preview(schedule(baseLr), 70));
      }),
    );
  });

  it('in a sequence follow the pure sequence', () => {
    fc.assert(
      fc.property(any, any, steps, rate, (first, second, milestone, baseLr) => {
        const optimizer = optimizerAt(baseLr);
        const parts = [first.make(optimizer), second.make(optimizer)];
        const whole = new schedulers.SequentialLR(optimizer, { schedulers: parts, milestones: [milestone] });
        const schedules = [first.schedule(baseLr), second.schedule(baseLr)];
        expectSame(trajectory(whole, 70), preview(sequential({ schedules, milestones: [milestone] }), 70));
      }),
    );
  });

  it('in a chain follow the product, as far as they are factors', () => {
    fc.assert(
      fc.property(factors, factors, rate, (first, second, baseLr) => {
        const optimizer = optimizerAt(baseLr);
        const whole = new schedulers.ChainedScheduler([first.make(optimizer), second.make(optimizer)]);
        expectSame(trajectory(whole, 70), preview(chained([first.schedule(baseLr), second.schedule(1)]), 70));
      }),
    );
  });

  it('go on exactly after a resume at any step', () => {
    fc.assert(
      fc.property(any, any, fc.nat(40), fc.nat(40), rate, (first, second, milestone, resumeAt, baseLr) => {
        const make = (learningRate: number) => {
          const optimizer = optimizerAt(learningRate);
          const parts = [first.make(optimizer), second.make(optimizer)];
          return new schedulers.SequentialLR(optimizer, { schedulers: parts, milestones: [milestone] });
        };
        const original = make(baseLr);
        for (let step = 0; step < resumeAt; step++) original.step();
        const copy = make(0.123);
        copy.loadStateDict(JSON.parse(JSON.stringify(original.stateDict())));
        expect(trajectory(copy, 30)).toEqual(trajectory(original, 30));
      }),
    );
  });
});
