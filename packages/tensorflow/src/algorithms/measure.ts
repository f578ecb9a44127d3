import { performance } from 'node:perf_hooks';
import { attribute } from '../native/attributes.ts';
import type { BindingCalls } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import { operandShapes } from './call-shapes.ts';
import type { Call, ComputeDtype } from './calls.ts';
import type { Operands } from './candidate.ts';
import { computeWith, type NativeTensor } from './native-ops.ts';
import type { BoundCandidate } from './table.ts';

/** Milliseconds by the candidate's name, without those that cannot compute the call here. */
export type Timings = Readonly<Record<string, number>>;

/** How often a candidate is timed that stays in the race: at least and at most, and in between for so long. */
const FEWEST_ROUNDS = 3;
const MOST_ROUNDS = 15;
const LONG_ENOUGH_MS = 20;
/**
 * A candidate is out when its best time is so many times the best of all, after so many rounds. Generous at first: where
 * the machine is busy, a few runs in a row may all be slow.
 */
const HOPELESS = [10, 4, 2];
const HOPELESS_LATER = 1.5;

/**
 * Times candidates on random operands of a call's shapes, in turn, so that what else the machine does falls on all of
 * them. Of each the minimum counts.
 *
 * @param calls the binding below all layers, so that a recording does not see it
 */
export function measure(calls: BindingCalls, call: Call, candidates: readonly BoundCandidate[]): Timings {
  const operands = randomOperands(calls, call);
  try {
    const racers = candidates
      .map((candidate) => new Racer(() => timeOnce(calls, call.dtype, candidate, operands), candidate.name))
      .filter((racer) => racer.warmUp());
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const limit = Math.min(...racers.map(({ best }) => best)) * hopeless(round);
      for (const racer of racers) if (racer.best <= limit && racer.wantsRound(round)) racer.time();
    }
    return Object.fromEntries(racers.map(({ name, best }) => [name, best]));
  } finally {
    for (const { id } of operands) calls.deleteTensor(id);
  }
}

class Racer {
  readonly name: string;
  best = Number.POSITIVE_INFINITY;
  /** Milliseconds altogether, without the warm-up. */
  spent = 0;
  private readonly timeOnce: () => number;

  constructor(timeOnce: () => number, name: string) {
    this.timeOnce = timeOnce;
    this.name = name;
  }

  /** Runs without being timed, to prepare what later runs use again; whether it could. */
  warmUp(): boolean {
    try {
      this.best = this.timeOnce();
      // What takes long is not prepared for long in proportion, and its first time is good enough.
      if (this.best < LONG_ENOUGH_MS) this.best = this.timeOnce();
      return true;
    } catch {
      return false;
    }
  }

  wantsRound(round: number): boolean {
    return round < FEWEST_ROUNDS || this.spent < LONG_ENOUGH_MS;
  }

  time(): void {
    const milliseconds = this.timeOnce();
    this.spent += milliseconds;
    this.best = Math.min(this.best, milliseconds);
  }
}

function hopeless(round: number): number {
  return HOPELESS[round] ?? HOPELESS_LATER;
}

function timeOnce(
  calls: BindingCalls,
  dtype: ComputeDtype,
  candidate: BoundCandidate,
  operands: Operands,
): number {
  const start = performance.now();
  const result = computeWith(calls, dtype, (ops) => candidate.run(ops, operands));
  const milliseconds = performance.now() - start;
  calls.deleteTensor(result.id);
  return milliseconds;
}

function randomOperands(calls: BindingCalls, call: Call): Operands {
  const [first, second] = operandShapes(call);
  return [randomTensor(calls, call.dtype, first), randomTensor(calls, call.dtype, second)];
}

function randomTensor(calls: BindingCalls, dtype: ComputeDtype, shape: readonly number[]): NativeTensor {
  const shapeId = calls.createTensor([shape.length], DataType.int32, Int32Array.from(shape));
  const attributes = [
    attribute.type('dtype', DataType[dtype]),
    attribute.type('T', DataType.int32),
    // Seeded, so that nobody else's random numbers depend on what was measured.
    attribute.int('seed', 1),
    attribute.int('seed2', 1),
  ];
  try {
    const [tensor] = calls.executeOp('RandomStandardNormal', attributes, [shapeId], 1);
    return tensor as NativeTensor;
  } finally {
    calls.deleteTensor(shapeId);
  }
}
