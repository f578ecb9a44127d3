import { describe, expect, it } from 'vitest';
import {
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CyclicLR,
  ExponentialLR,
  LinearLR,
  type LRScheduler,
  OneCycleLR,
  type OpenLoopScheduler,
  SequentialLR,
  StepLR,
  SWALR,
} from './index.ts';

const makeOptimizer = (...rates: number[]) => ({
  paramGroups: rates.map((learningRate) => ({ learningRate, momentum: 0.9 })),
});
type Optimizer = ReturnType<typeof makeOptimizer>;

function run(make: (optimizer: Optimizer) => LRScheduler, steps = 12): number[] {
  const scheduler = make(makeOptimizer(0.1));
  return Array.from({ length: steps }, (_, step) => {
    if (step > 0) scheduler.step();
    return scheduler.getLastLr()[0] as number;
  });
}

const inner = {
  sequence: (optimizer: Optimizer): OpenLoopScheduler =>
    new SequentialLR(optimizer, {
      schedulers: [
        new ConstantLR(optimizer, { factor: 0.5, totalIters: 2 }),
        new ExponentialLR(optimizer, { gamma: 0.9 }),
      ],
      milestones: [2],
    }),
  chain: (optimizer: Optimizer): OpenLoopScheduler =>
    new ChainedScheduler([
      new LinearLR(optimizer, { totalIters: 3 }),
      new CosineAnnealingLR(optimizer, { tMax: 6, etaMin: 0.01 }),
    ]),
};

describe('schedulers in schedulers', () => {
  it.each(Object.entries(inner))('a %s is not changed by a sequence around it', (_, make) => {
    const wrapped = run(
      (optimizer) => new SequentialLR(optimizer, { schedulers: [make(optimizer)], milestones: [] }),
    );
    expect(wrapped).toEqual(run(make));
  });

  it.each(Object.entries(inner))(
    'a %s can take over in a sequence, and starts from its step 0',
    (_, make) => {
      const switched = run((optimizer) => {
        const first = new StepLR(optimizer, { stepSize: 2 });
        return new SequentialLR(optimizer, { schedulers: [first, make(optimizer)], milestones: [5] });
      }, 17);
      for (const [step, rate] of run(make).entries()) expect(switched[5 + step]).toBeCloseTo(rate, 12);
    },
  );
});

describe('SequentialLR', () => {
  const make = (milestones: readonly number[]) => {
    const optimizer = makeOptimizer(0.1);
    const schedulers = [1, 2].map((totalIters) => new LinearLR(optimizer, { totalIters }));
    return new SequentialLR(optimizer, { schedulers, milestones });
  };

  it('refuses milestones that do not say when each scheduler takes over', () => {
    expect(() => make([])).toThrow('SequentialLR: milestones must be one fewer than schedulers (2), got []');
    expect(() => make([1, 2])).toThrow('milestones must be one fewer than schedulers (2), got [1, 2]');
    expect(() => make([0.5])).toThrow('milestones[0] must be an integer at least 0, got 0.5');
    expect(() => make(undefined as never)).toThrow('milestones must be a list of steps, got undefined');
    const optimizer = makeOptimizer(0.1);
    const schedulers = [1, 2, 3].map((totalIters) => new LinearLR(optimizer, { totalIters }));
    expect(() => new SequentialLR(optimizer, { schedulers, milestones: [4, 3] })).toThrow(
      'milestones must not decrease, got [4, 3]',
    );
  });

  it('stays where it is when the scheduler whose turn it is cannot go on', () => {
    const optimizer = makeOptimizer(0.1);
    const cycle = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 2 });
    const after = new ExponentialLR(optimizer, { gamma: 0.5 });
    const scheduler = new SequentialLR(optimizer, { schedulers: [cycle, after], milestones: [5] });
    scheduler.step();
    scheduler.step();
    const state = scheduler.stateDict();
    expect(() => scheduler.step()).toThrow('OneCycleLR: step 3 is past the end');
    expect(scheduler.stateDict()).toEqual(state);
  });

  it('refuses the state of other schedulers', () => {
    const optimizer = makeOptimizer(0.1);
    const stepping = new SequentialLR(optimizer, {
      schedulers: [new LinearLR(optimizer), new StepLR(optimizer, { stepSize: 1 })],
      milestones: [3],
    });
    const state = stepping.stateDict();
    expect(() => make([3]).loadStateDict(state)).toThrow('LinearLR: state is that of "StepLR"');
  });
});

describe('ChainedScheduler', () => {
  it('moves none of its schedulers when one of them cannot go on', () => {
    const optimizer = makeOptimizer(0.1);
    const decay = new ExponentialLR(optimizer, { gamma: 0.5 });
    const cycle = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 1 });
    const scheduler = new ChainedScheduler([decay, cycle]);
    scheduler.step();
    const before = { state: scheduler.stateDict(), optimizer: structuredClone(optimizer) };
    expect(() => scheduler.step()).toThrow('OneCycleLR: step 2 is past the end');
    expect({ state: scheduler.stateDict(), optimizer }).toEqual(before);
  });
});

describe('several schedulers of one optimizer', () => {
  it('trap: a learning rate off by one after a resume, whichever scheduler is loaded last', () => {
    const make = () => {
      const optimizer = makeOptimizer(0.1);
      const scheduler = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
      return { optimizer, scheduler, swaScheduler: new SWALR(optimizer, { swaLr: 0.05 }) };
    };
    const original = make();
    original.scheduler.step();
    original.scheduler.step();
    const states = {
      scheduler: original.scheduler.stateDict(),
      swaScheduler: original.swaScheduler.stateDict(),
    };
    for (const last of ['scheduler', 'swaScheduler'] as const) {
      const copy = make();
      copy.scheduler.loadStateDict(states.scheduler);
      copy.swaScheduler.loadStateDict(states.swaScheduler);
      copy[last].loadStateDict(states[last]);
      expect(copy.optimizer).toEqual(original.optimizer);
    }
  });

  it('start from the rate that the optimizer had before the first of them', () => {
    const optimizer = makeOptimizer(0.1);
    new ConstantLR(optimizer, { factor: 0.1, totalIters: 100 });
    const scheduler = new SequentialLR(optimizer, {
      schedulers: [new ExponentialLR(optimizer, { gamma: 0.5 })],
      milestones: [],
    });
    expect(scheduler.getLastLr()).toEqual([0.1]);
  });

  it('go on from the saved initial rate when one is made after a resume', () => {
    const optimizer = makeOptimizer(0.1);
    const saved = new ConstantLR(optimizer, { factor: 0.5, totalIters: 3 }).stateDict();
    const resumed = makeOptimizer(0.7);
    const constant = new ConstantLR(resumed, { factor: 0.5, totalIters: 3 });
    constant.loadStateDict(saved);
    const schedulers = [new ExponentialLR(resumed, { gamma: 0.5 })];
    expect(new SequentialLR(resumed, { schedulers, milestones: [] }).getLastLr()).toEqual([0.1]);
  });
});

describe('CyclicLR', () => {
  const options = { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 3 };
  const scaleFn = (cycle: number) => 1 / cycle;

  it('refuses the state of one with a scaleFn that it lacks, or that lacked its own', () => {
    const own = new CyclicLR(makeOptimizer(0.1), { ...options, scaleFn });
    const plain = new CyclicLR(makeOptimizer(0.1), options);
    expect(() => plain.loadStateDict(own.stateDict())).toThrow('the state was saved with a scaleFn');
    expect(() => own.loadStateDict(plain.stateDict())).toThrow(
      'state.config.mode is "triangular", but as constructed it is "custom"',
    );
    const copy = new CyclicLR(makeOptimizer(0.3), { ...options, stepSizeUp: 9, scaleFn });
    own.step();
    copy.loadStateDict(own.stateDict());
    own.step();
    copy.step();
    expect(copy.stateDict()).toEqual(own.stateDict());
  });
});
