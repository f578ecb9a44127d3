import type { StateDict, Stateful } from '@loopwright/core';
import { expect } from 'vitest';
import { expectNoLeak } from '../leak.ts';

/** What {@link expectStateful} needs to know of an implementation. */
export interface StatefulContract<T extends Stateful> {
  /** A new instance as the user would make it. */
  readonly make: () => T;
  /** A new instance configured differently wherever it can be; by default {@link make}. */
  readonly makeOther?: () => T;
  /** Moves it on by one step; `index` counts the steps of the whole run. */
  readonly advance: (subject: T, index: number) => void | Promise<void>;
  /** What must be equal after a resume; compared with `toEqual`, so exactly. */
  readonly observe: (subject: T) => unknown;
  /** Frees what the instance holds, where it holds tensors. */
  readonly dispose?: (subject: T) => void;
}

/**
 * The contract of every `Stateful`: interrupted at any step and loaded into a differently configured copy, it goes on
 * exactly as the uninterrupted one; its state is a copy, survives structured cloning, and is loaded strictly.
 */
export async function expectStateful<T extends Stateful>(contract: StatefulContract<T>): Promise<void> {
  const { make, makeOther = make, advance, observe, dispose = () => {} } = contract;
  const before = 5;
  const after = 6;
  const original = make();
  for (let i = 0; i < before; i++) await advance(original, i);
  const saved = await expectNoLeak(() => structuredClone(original.stateDict()));
  const kept = structuredClone(saved);

  const copy = makeOther();
  copy.loadStateDict(saved);
  expect(observe(copy), 'right after loading').toEqual(observe(original));
  for (let i = before; i < before + after; i++) {
    await advance(original, i);
    await advance(copy, i);
    expect(observe(copy), `after step ${i + 1}`).toEqual(observe(original));
  }
  expect(saved, 'a state is a copy: later steps do not change it').toEqual(kept);
  expectStrictLoad(copy, saved);
  expect(copy.stateDict(), 'a refused state changes nothing').toEqual(original.stateDict());
  dispose(original);
  dispose(copy);
}

function expectStrictLoad(subject: Stateful, state: StateDict): void {
  const refused = /^\[loopwright\/[a-z-]+\] /;
  expect(() => subject.loadStateDict({ ...state, version: 999 }), 'unknown version').toThrow(refused);
  expect(() => subject.loadStateDict({ ...state, surplus: 1 }), 'unknown key').toThrow(refused);
  for (const key of Object.keys(state).filter((name) => name !== 'version')) {
    const partial = Object.fromEntries(Object.entries(state).filter(([name]) => name !== key));
    expect(() => subject.loadStateDict(partial as unknown as StateDict), `missing ${key}`).toThrow(refused);
  }
}
