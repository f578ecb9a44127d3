import type { HasParamGroups, StateDict, Stateful, StateValue } from '@loopwright/core';
import { expect } from 'vitest';
import { expectNoLeak } from '../leak.ts';
import { expectStateful } from './stateful.ts';

/** What every scheduler offers. */
export interface SchedulerSubject extends Stateful {
  step(metric?: number): void;
  getLastLr(): number[];
}

/** What {@link expectScheduler} needs to know of an implementation. */
export interface SchedulerContract {
  /** Makes one with options that suit any number of parameter groups, for at least 11 steps. */
  readonly make: (optimizer: HasParamGroups) => SchedulerSubject;
  /** The same with other values for all options that are saved. */
  readonly makeOther: (optimizer: HasParamGroups) => SchedulerSubject;
  /** Constructions that must be refused, each by what its message must say. */
  readonly refused: Readonly<Record<string, (optimizer: HasParamGroups) => unknown>>;
}

const refusal = /^\[loopwright\/schedulers\] /;
const metrics = [3, 2, 2.5, 2.4, 2.6, 1, 1, 1, 1, 1, 1];

/**
 * The contract of every scheduler: making one sets the rates of the first step; it resumes exactly in a differently
 * configured copy, whether the optimizer's own state is loaded before or after; it refuses bad options by name, and bad
 * states and optimizers with other parameter groups whole; and it makes no tensors.
 */
export async function expectScheduler(contract: SchedulerContract): Promise<void> {
  await expectNoLeak(async () => {
    expectRates(contract);
    await expectResume(contract);
    expectResumeInAnyOrder(contract);
    expectRefusedOptions(contract);
    expectRefusedStates(contract);
    expectRefusedGroups(contract);
  });
}

function expectRates({ make }: SchedulerContract): void {
  const run = new Run(make);
  expect(run.scheduler.getLastLr(), 'making it sets the rates').toEqual(run.optimizer.rates());
  run.scheduler.getLastLr().fill(-1);
  expect(run.scheduler.getLastLr(), 'getLastLr() returns a copy').toEqual(run.optimizer.rates());
  run.step(0);
  expect(run.scheduler.getLastLr(), 'a step sets the rates').toEqual(run.optimizer.rates());
}

function expectResume({ make, makeOther }: SchedulerContract): Promise<void> {
  return expectStateful({
    make: () => new Run(make),
    makeOther: () => new Run(makeOther, [0.5, 0.3]),
    advance: (run, index) => run.step(index),
    observe: (run) => run.observe(),
  });
}

/** The trap of a rate that is off by a step after a resume. */
function expectResumeInAnyOrder({ make, makeOther }: SchedulerContract): void {
  const original = new Run(make);
  for (let index = 0; index < 5; index++) original.step(index);
  const scheduler = original.stateDict();
  const rates = original.optimizer.rates();

  const schedulerLast = new Run(makeOther, [0.5, 0.3]);
  schedulerLast.optimizer.setRates(rates);
  schedulerLast.loadStateDict(scheduler);
  expect(schedulerLast.observe(), 'the scheduler loaded last').toEqual(original.observe());

  const optimizerLast = new Run(makeOther, [0.5, 0.3]);
  optimizerLast.loadStateDict(scheduler);
  optimizerLast.optimizer.setRates(rates);
  expect(optimizerLast.observe(), 'the optimizer loaded last').toEqual(original.observe());
}

function expectRefusedOptions({ refused }: SchedulerContract): void {
  for (const [said, construct] of Object.entries(refused)) {
    const optimizer = new PlainOptimizer([0.1, 0.02]);
    const before = optimizer.observe();
    expect(() => construct(optimizer), said).toThrow(refusal);
    expect(() => construct(optimizer), said).toThrow(said);
    expect(optimizer.observe(), `after refusing ${said}`).toEqual(before);
  }
}

/** Every value of the state spoilt, one at a time. */
function expectRefusedStates({ make }: SchedulerContract): void {
  const run = new Run(make);
  run.step(0);
  const before = { observed: run.observe(), state: run.stateDict() };
  for (const [path, spoilt] of spoil(before.state)) {
    expect(() => run.loadStateDict(spoilt as StateDict), path).toThrow(refusal);
    expect({ observed: run.observe(), state: run.stateDict() }, `after a bad ${path}`).toEqual(before);
  }
}

function expectRefusedGroups({ make }: SchedulerContract): void {
  const run = new Run(make, [0.1]);
  const before = run.observe();
  const state = new Run(make).stateDict();
  expect(() => run.loadStateDict(state)).toThrow(/has 2 parameter groups, the optimizer has 1/);
  expect(run.observe()).toEqual(before);
}

/** All that differ from a value by one leaf, each with the path to it: what was a string is a number, all else a string. */
function spoil(value: StateValue, path = 'state'): [string, StateValue][] {
  if (typeof value !== 'object' || value === null) {
    return [[path, typeof value === 'string' ? 7 : 'spoilt']];
  }
  return Object.entries(value as Record<string, StateValue>).flatMap(([key, part]) =>
    spoil(part, `${path}.${key}`).map(([at, spoilt]): [string, StateValue] => [
      at,
      Array.isArray(value)
        ? value.map((item, index) => (String(index) === key ? spoilt : item))
        : { ...(value as Record<string, StateValue>), [key]: spoilt },
    ]),
  );
}

/** A scheduler with the optimizer it drives. Its state is the scheduler's alone. */
class Run implements Stateful {
  readonly optimizer: PlainOptimizer;
  readonly scheduler: SchedulerSubject;

  constructor(make: SchedulerContract['make'], rates: readonly number[] = [0.1, 0.02]) {
    this.optimizer = new PlainOptimizer(rates);
    this.scheduler = make(this.optimizer);
  }

  step(index: number): void {
    this.scheduler.step(metrics[index]);
  }

  observe(): unknown {
    return { lastLr: this.scheduler.getLastLr(), groups: this.optimizer.observe() };
  }

  stateDict(): StateDict {
    return this.scheduler.stateDict();
  }

  loadStateDict(state: StateDict): void {
    this.scheduler.loadStateDict(state);
  }
}

/** All of an optimizer that a scheduler sees. */
class PlainOptimizer implements HasParamGroups {
  readonly paramGroups: { learningRate: number; momentum: number }[];

  constructor(rates: readonly number[]) {
    this.paramGroups = rates.map((learningRate) => ({ learningRate, momentum: 0.9 }));
  }

  rates(): number[] {
    return this.paramGroups.map((group) => group.learningRate);
  }

  setRates(rates: readonly number[]): void {
    for (const [index, group] of this.paramGroups.entries()) group.learningRate = rates[index] as number;
  }

  observe(): unknown {
    return structuredClone(this.paramGroups);
  }
}
