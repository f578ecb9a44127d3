import type { HasParamGroups } from '@loopwright/core';
import { expectScheduler, type SchedulerContract } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';
import * as schedulers from './index.ts';
import {
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  FlatCosLR,
  LambdaLR,
  LinearLR,
  MultiplicativeLR,
  MultiStepLR,
  OneCycleLR,
  type OpenLoopScheduler,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  StepLR,
  SWALR,
} from './index.ts';

type Constructor = new (optimizer: HasParamGroups, options: never) => schedulers.LRScheduler;

/** What a scheduler is made with here, and what it must refuse: each bad set of options by what the message says. */
interface Row {
  readonly Scheduler: Constructor;
  readonly options: object;
  readonly other: object;
  readonly bad: Readonly<Record<string, object>>;
}

const halve = () => 0.5;

/** One row a scheduler; a new one needs nothing else to pass the contract. */
const registry: Readonly<Record<string, Row>> = {
  LambdaLR: {
    Scheduler: LambdaLR,
    options: { lrLambda: (step: number) => 0.9 ** step },
    other: { lrLambda: [(step: number) => 0.9 ** step, (step: number) => 0.9 ** step] },
    bad: {
      'lrLambda must be a function, got undefined': {},
      'lrLambda must be a function, got 0.5': { lrLambda: 0.5 },
      'lrLambda must have one function for each of 2 parameter groups': { lrLambda: [halve] },
      'lrLambda[1] must be a function': { lrLambda: [halve, 1] },
      'the rate of step 0 (group 0) must be a finite number, got NaN': { lrLambda: () => Number.NaN },
    },
  },
  MultiplicativeLR: {
    Scheduler: MultiplicativeLR,
    options: { lrLambda: (step: number) => 1 - 0.01 * step },
    other: { lrLambda: [(step: number) => 1 - 0.01 * step, (step: number) => 1 - 0.01 * step] },
    bad: {
      'lrLambda must be a function, got undefined': {},
      'lrLambda must have one function for each of 2 parameter groups': { lrLambda: [halve, halve, halve] },
    },
  },
  StepLR: {
    Scheduler: StepLR,
    options: { stepSize: 3, gamma: 0.5 },
    other: { stepSize: 1 },
    bad: {
      'stepSize must be a positive integer, got undefined': {},
      'stepSize must be a positive integer, got 0': { stepSize: 0 },
      'stepSize must be a positive integer, got 2.5': { stepSize: 2.5 },
      'gamma must be a finite number greater than 0, got -1': { stepSize: 1, gamma: -1 },
    },
  },
  MultiStepLR: {
    Scheduler: MultiStepLR,
    options: { milestones: [2, 6], gamma: 0.5 },
    other: { milestones: [1, 2, 3] },
    bad: {
      'milestones must be a list of steps, got 5': { milestones: 5 },
      'milestones[1] must be an integer at least 0, got -2': { milestones: [1, -2] },
      'gamma must be a finite number greater than 0, got NaN': { milestones: [1], gamma: Number.NaN },
    },
  },
  ConstantLR: {
    Scheduler: ConstantLR,
    options: { factor: 0.5, totalIters: 7 },
    other: {},
    bad: {
      'factor must be a finite number greater than 0 and at most 1, got 0': { factor: 0 },
      'factor must be a finite number': { factor: 1.5 },
      'totalIters must be a positive integer, got -1': { totalIters: -1 },
    },
  },
  LinearLR: {
    Scheduler: LinearLR,
    options: { startFactor: 0.1, endFactor: 0.9, totalIters: 8 },
    other: {},
    bad: {
      'startFactor must be a finite number': { startFactor: 0 },
      'endFactor must be a finite number': { endFactor: 1.1 },
      'totalIters must be a positive integer, got 0': { totalIters: 0 },
    },
  },
  ExponentialLR: {
    Scheduler: ExponentialLR,
    options: { gamma: 0.9 },
    other: { gamma: 0.5 },
    bad: { 'gamma must be a finite number greater than 0, got undefined': {} },
  },
  PolynomialLR: {
    Scheduler: PolynomialLR,
    options: { totalIters: 9, power: 2 },
    other: {},
    bad: {
      'totalIters must be a positive integer, got 1.5': { totalIters: 1.5 },
      'power must be a finite number at least 0, got -1': { power: -1 },
    },
  },
  CosineAnnealingLR: {
    Scheduler: CosineAnnealingLR,
    options: { tMax: 4, etaMin: 0.001 },
    other: { tMax: 100 },
    bad: {
      'tMax must be a positive integer, got undefined': {},
      'etaMin must be a finite number at least 0, got -0.1': { tMax: 1, etaMin: -0.1 },
      'unknown option "T_max" (did you mean tMax?)': { T_max: 4 },
    },
  },
  CosineAnnealingWarmRestarts: {
    Scheduler: CosineAnnealingWarmRestarts,
    options: { t0: 2, tMult: 2, etaMin: 0.001 },
    other: { t0: 5 },
    bad: {
      't0 must be a positive integer, got 0': { t0: 0 },
      'tMult must be a positive integer, got 1.5': { t0: 1, tMult: 1.5 },
      'etaMin must be a finite number': { t0: 1, etaMin: Number.POSITIVE_INFINITY },
    },
  },
  CyclicLR: {
    Scheduler: CyclicLR,
    options: { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 2, stepSizeDown: 3, mode: 'exp_range', gamma: 0.9 },
    other: {
      baseLr: [0.1, 0.2],
      maxLr: [0.3, 0.4],
      cycleMomentum: false,
      baseMomentum: 0.1,
      maxMomentum: [0.2, 0.3],
    },
    bad: {
      'baseLr must be a finite number at least 0, got undefined': { maxLr: 1 },
      'maxLr must have one value for each of 2 parameter groups, got [1]': { baseLr: 0, maxLr: [1] },
      'stepSizeUp must be a finite number': { baseLr: 0, maxLr: 1, stepSizeUp: 0 },
      'stepSizeDown must be a finite number': { baseLr: 0, maxLr: 1, stepSizeDown: -1 },
      'mode must be one of "triangular", "triangular2", "exp_range"': { baseLr: 0, maxLr: 1, mode: 'square' },
      'scaleFn must be a function': { baseLr: 0, maxLr: 1, scaleFn: 1 },
      'scaleMode must be one of': { baseLr: 0, maxLr: 1, scaleMode: 'epoch' },
      'cycleMomentum must be true or false': { baseLr: 0, maxLr: 1, cycleMomentum: 'no' },
      'baseMomentum must be a finite number': { baseLr: 0, maxLr: 1, baseMomentum: -1 },
      'maxMomentum[1] must be a finite number': { baseLr: 0, maxLr: 1, maxMomentum: [0.9, 1] },
    },
  },
  OneCycleLR: {
    Scheduler: OneCycleLR,
    options: { maxLr: 0.3, totalSteps: 12 },
    other: {
      maxLr: [0.1, 0.2],
      epochs: 4,
      stepsPerEpoch: 5,
      pctStart: 0.5,
      annealStrategy: 'linear',
      cycleMomentum: false,
      threePhase: true,
    },
    bad: {
      'maxLr must be a finite number greater than 0, got 0': { maxLr: 0, totalSteps: 5 },
      'totalSteps, or both epochs and stepsPerEpoch, must be given': { maxLr: 1, epochs: 5 },
      'totalSteps must be a positive integer, got 0': { maxLr: 1, totalSteps: 0 },
      'stepsPerEpoch must be a positive integer': { maxLr: 1, epochs: 5, stepsPerEpoch: 0.5 },
      'pctStart must be a finite number at least 0 and at most 1, got 30': {
        maxLr: 1,
        totalSteps: 5,
        pctStart: 30,
      },
      'annealStrategy must be one of "cos", "linear"': { maxLr: 1, totalSteps: 5, annealStrategy: 'cosine' },
      'divFactor must be a finite number greater than 0': { maxLr: 1, totalSteps: 5, divFactor: 0 },
      'finalDivFactor must be a finite number greater than 0': {
        maxLr: 1,
        totalSteps: 5,
        finalDivFactor: -1,
      },
      'threePhase must be true or false': { maxLr: 1, totalSteps: 5, threePhase: 3 },
    },
  },
  ReduceLROnPlateau: {
    Scheduler: ReduceLROnPlateau,
    options: { patience: 1, cooldown: 1, factor: 0.5 },
    other: { mode: 'max', thresholdMode: 'abs', minLr: [0.01, 0.02], eps: 0.001, threshold: 0.2 },
    bad: {
      'mode must be one of "min", "max", got "minimum"': { mode: 'minimum' },
      'factor must be a finite number at least 0 and less than 1, got 1': { factor: 1 },
      'patience must be an integer at least 0, got -1': { patience: -1 },
      'threshold must be a finite number': { threshold: Number.NaN },
      'thresholdMode must be one of': { thresholdMode: 'relative' },
      'cooldown must be an integer': { cooldown: 0.5 },
      'minLr must have one value for each of 2 parameter groups': { minLr: [1, 2, 3] },
      'eps must be a finite number': { eps: '1e-8' },
    },
  },
  SWALR: {
    Scheduler: SWALR,
    options: { swaLr: 0.05, annealEpochs: 7 },
    other: { swaLr: [0.2, 0.3], annealStrategy: 'linear' },
    bad: {
      'swaLr must be a finite number': {},
      'annealEpochs must be an integer at least 0, got -1': { swaLr: 1, annealEpochs: -1 },
      'annealStrategy must be one of': { swaLr: 1, annealStrategy: 'step' },
    },
  },
  FlatCosLR: {
    Scheduler: FlatCosLR,
    options: { totalSteps: 10, pctStart: 0.4 },
    other: { epochs: 2, stepsPerEpoch: 2, divFinal: 10 },
    bad: {
      'totalSteps, or both epochs and stepsPerEpoch, must be given': {},
      'pctStart must be a finite number': { totalSteps: 5, pctStart: -0.1 },
      'divFinal must be a finite number greater than 0': { totalSteps: 5, divFinal: 0 },
    },
  },
};

const warmUp = (optimizer: HasParamGroups, totalIters = 3) => new LinearLR(optimizer, { totalIters });
const cosine = (optimizer: HasParamGroups, tMax = 5) =>
  new CosineAnnealingLR(optimizer, { tMax, etaMin: 0.001 });

/** Those that are made of others. */
const composites: Readonly<Record<string, SchedulerContract>> = {
  SequentialLR: {
    make: (optimizer) =>
      new SequentialLR(optimizer, { schedulers: [warmUp(optimizer), cosine(optimizer)], milestones: [3] }),
    makeOther: (optimizer) =>
      new SequentialLR(optimizer, {
        schedulers: [warmUp(optimizer, 9), cosine(optimizer, 9)],
        milestones: [9],
      }),
    refused: {
      'schedulers must be a list of at least one, got []': (optimizer) =>
        new SequentialLR(optimizer, { schedulers: [], milestones: [] }),
      'schedulers[0] must be a scheduler': (optimizer) =>
        new SequentialLR(optimizer, { schedulers: [{} as OpenLoopScheduler], milestones: [] }),
      'schedulers[0] must not need a metric, got ReduceLROnPlateau': (optimizer) => {
        const plateau = new ReduceLROnPlateau(optimizer) as unknown as OpenLoopScheduler;
        return new SequentialLR(optimizer, { schedulers: [plateau], milestones: [] });
      },
      'schedulers[0] must be of the same optimizer': (optimizer) => {
        const other = { paramGroups: [{ learningRate: 0.1 }] };
        return new SequentialLR(optimizer, { schedulers: [warmUp(other)], milestones: [] });
      },
      'unknown option "milestone" (did you mean milestones?)': (optimizer) =>
        new SequentialLR(optimizer, { schedulers: [], milestone: [] } as never),
    },
  },
  ChainedScheduler: {
    make: (optimizer) => new ChainedScheduler([warmUp(optimizer), cosine(optimizer)]),
    makeOther: (optimizer) => new ChainedScheduler([warmUp(optimizer, 7), cosine(optimizer, 2)]),
    refused: {
      'schedulers must be a list of at least one, got []': () => new ChainedScheduler([]),
      'schedulers[0] must be a scheduler, got 5': () => new ChainedScheduler([5 as never]),
      'schedulers[0] must not need a metric': (optimizer) =>
        new ChainedScheduler([new ReduceLROnPlateau(optimizer) as unknown as OpenLoopScheduler]),
    },
  },
};

function contractOf({ Scheduler, options, other, bad }: Row): SchedulerContract {
  const make = (given: object) => (optimizer: HasParamGroups) => new Scheduler(optimizer, given as never);
  const refused = Object.fromEntries(Object.entries(bad).map(([said, given]) => [said, make(given)]));
  const unknown = make({ ...options, verbose: true });
  return {
    make: make(options),
    makeOther: make(other),
    refused: { ...refused, 'unknown option "verbose"': unknown },
  };
}

const contracts = {
  ...Object.fromEntries(Object.entries(registry).map(([name, row]) => [name, contractOf(row)])),
  ...composites,
};

describe('the contract of schedulers', () => {
  it.each(Object.entries(contracts))('%s', async (_, contract) => {
    await expectScheduler(contract);
  });

  it('is kept by every scheduler that is exported', () => {
    const exported = Object.entries(schedulers)
      .filter(([name, value]) => isSchedulerClass(value) && !abstract.includes(name))
      .map(([name]) => name);
    expect(exported.sort()).toEqual(Object.keys(contracts).sort());
    expect(exported).toHaveLength(17);
  });
});

const abstract = ['LRScheduler', 'OpenLoopScheduler', 'ScheduleLR'];

function isSchedulerClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof schedulers.LRScheduler;
}
