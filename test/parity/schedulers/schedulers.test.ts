import { readFileSync } from 'node:fs';
import type { HasParamGroups, Schedule } from '@loopwright/core';
import type { LRScheduler } from '@loopwright/schedulers';
import * as schedulers from '@loopwright/schedulers';
import { describe, expect, it } from 'vitest';

interface Spec {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Case {
  readonly scheduler: Spec;
  readonly optimizer: 'sgd' | 'adam';
  readonly rates: readonly number[];
  readonly steps: number;
  readonly metrics?: readonly number[];
  readonly lr: readonly (readonly number[])[];
  readonly momentum?: readonly (readonly number[])[];
}

interface Golden {
  readonly library: string;
  readonly version: string;
  readonly cases: readonly Case[];
}

const golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8')) as Golden;

/** The functions that the golden script knows by the same names. */
const functions: Readonly<Record<string, Schedule>> = {
  decay: (k) => 0.95 ** k,
  inverse: (k) => 1 / (1 + 0.1 * k),
  slow: () => 0.98,
  wave: (k) => 1 + 0.05 * Math.sin(k + 1),
  halving: (x) => 0.5 ** (x - 1),
  shrinking: (x) => 0.99 ** x,
};

type Constructor = new (...args: unknown[]) => LRScheduler;
const constructors = schedulers as unknown as Readonly<Record<string, Constructor>>;

/**
 * Both sides compute in float64, PyTorch by its recurrences and we partly by closed forms, so they part by rounding
 * alone: a few units in the sixteenth place a step. 1e-9 leaves room for the chains that pass close to their floor, and is
 * a thousand times stricter than what is asked. Rates that should be 0 come out around 1e-17 on either side.
 */
const relativeTolerance = 1e-9;
const absoluteTolerance = 1e-14;

describe(`trajectories of ${golden.library} ${golden.version}`, () => {
  it.each(golden.cases.map((item) => [title(item), item] as const))('%s', (_, item) => {
    const optimizer = makeOptimizer(item);
    const scheduler = build(item.scheduler, optimizer);
    for (let step = 0; step <= item.steps; step++) {
      if (step > 0) scheduler.step(item.metrics?.[step - 1]);
      const rates = optimizer.paramGroups.map((group) => group.learningRate);
      expectClose(`rates after step ${step}`, rates, item.lr[step]);
      expect(scheduler.getLastLr()).toEqual(rates);
      const momenta = optimizer.paramGroups.map((group) => (group.beta1 ?? group.momentum) as number);
      if (item.momentum !== undefined)
        expectClose(`momenta after step ${step}`, momenta, item.momentum[step]);
      else expect(new Set(momenta)).toEqual(new Set([0.9]));
    }
  });
});

function makeOptimizer({ optimizer, rates }: Case): HasParamGroups {
  const rest = optimizer === 'adam' ? { beta1: 0.9, beta2: 0.999 } : { momentum: 0.9 };
  return { paramGroups: rates.map((learningRate) => ({ learningRate, ...rest })) };
}

function build({ type, options }: Spec, optimizer: HasParamGroups): LRScheduler {
  const Scheduler = constructors[type] as Constructor;
  const given = Object.fromEntries(
    Object.entries(options).map(([key, value]) => {
      if (key === 'schedulers') return [key, (value as Spec[]).map((part) => build(part, optimizer))];
      return [key, key === 'lrLambda' || key === 'scaleFn' ? toFunctions(value) : value];
    }),
  );
  return type === 'ChainedScheduler' ? new Scheduler(given.schedulers) : new Scheduler(optimizer, given);
}

function toFunctions(value: unknown): unknown {
  return Array.isArray(value) ? value.map(toFunctions) : functions[value as string];
}

function title({ scheduler, optimizer, rates }: Case): string {
  return `${describeSpec(scheduler)} on ${optimizer}, ${rates.length} group(s)`;
}

function describeSpec({ type, options }: Spec): string {
  const shown = Object.entries(options).map(([key, value]) =>
    key === 'schedulers'
      ? `[${(value as Spec[]).map(describeSpec).join(', ')}]`
      : `${key} ${JSON.stringify(value)}`,
  );
  return shown.length === 0 ? type : `${type}(${shown.join(', ')})`;
}

function expectClose(what: string, actual: readonly number[], expected: readonly number[] | undefined): void {
  expect(actual, what).toHaveLength(expected?.length ?? -1);
  for (const [index, value] of (expected ?? []).entries()) {
    const difference = Math.abs((actual[index] as number) - value);
    const allowed = absoluteTolerance + relativeTolerance * Math.abs(value);
    expect(difference, `${what}: got ${actual[index]}, expected ${value}`).toBeLessThanOrEqual(allowed);
  }
}
