import { type Checker, checker, reasonOf, show } from '@loopwright/core';
import { unlayeredCalls } from '../native/native-backend.ts';
import { describeCall, multiplicationsOf } from './call-shapes.ts';
import type { Call } from './calls.ts';
import { type Machine, timingsFile } from './machine.ts';
import { measure, type Timings } from './measure.ts';
import { type BoundCandidate, candidatesFor } from './table.ts';
import { addTimings, type KeptTimings, readTimings } from './timings-file.ts';
import type { CheckedTune } from './tune-options.ts';

/** What has been decided for a call. */
export interface Decision {
  readonly candidate: BoundCandidate;
  /** What it took when it was chosen. */
  readonly milliseconds: number | undefined;
  /** What candidates took, if they were measured, now or earlier on this machine. */
  readonly timings: Timings | undefined;
}

/** What is over in less than some ten microseconds is not worth a measurement. */
const SMALL = 1_000_000;
/** Another algorithm has to be so much faster than TensorFlow's own. */
const ADVANTAGE = 0.95;

const check: Checker = checker('tensorflow', 'algorithms');

/** Decides for calls, remembers what it has decided, and keeps what it has measured in the user's cache. */
export class Tuner {
  /** By the call's description. */
  readonly decisions = new Map<string, Decision>();
  private readonly options: CheckedTune;
  private readonly machine: Machine;
  private readonly file: string;
  private kept: KeptTimings | undefined;
  private measured: KeptTimings = {};
  private spentMs = 0;
  private warned = false;

  constructor(options: CheckedTune, machine: Machine) {
    this.options = options;
    this.machine = machine;
    this.file = timingsFile(machine);
  }

  decide(call: Call): Decision {
    const description = describeCall(call);
    const made = this.decisions.get(description);
    if (made !== undefined) return made;
    const decision = this.decideFirst(call, description);
    this.decisions.set(description, decision);
    return decision;
  }

  private decideFirst(call: Call, description: string): Decision {
    const candidates = candidatesFor(call);
    const timings = this.timingsFor(call, description, candidates);
    const given = this.options.choices.get(description);
    const name = given?.algorithm ?? fastest(timings);
    const candidate = candidates.find((one) => one.name === name);
    if (candidate === undefined) {
      return check.fail(`the algorithm ${show(name)} cannot compute "${description}"`);
    }
    const milliseconds = given === undefined ? timings?.[name] : (given.milliseconds ?? undefined);
    return { candidate, milliseconds, timings };
  }

  /** Kept timings, or new ones unless the choice is given or there is nothing to gain. */
  private timingsFor(
    call: Call,
    description: string,
    candidates: readonly BoundCandidate[],
  ): Timings | undefined {
    if (multiplicationsOf(call) < SMALL) return undefined;
    this.kept ??= readTimings(this.file);
    const kept = this.kept[description];
    if (kept !== undefined && isOf(kept, candidates)) return kept;
    if (this.options.choices.has(description)) return undefined;
    if (this.spentMs >= this.options.budgetMs) return undefined;
    return this.measureAndKeep(call, description, candidates);
  }

  private measureAndKeep(call: Call, description: string, candidates: readonly BoundCandidate[]): Timings {
    if (this.spentMs === 0) this.say(`for ${seconds(this.options.budgetMs)} at most: kept in ${this.file}`);
    const start = performance.now();
    const timings = measure(unlayeredCalls(), call, candidates);
    this.spentMs += performance.now() - start;
    if (this.spentMs >= this.options.budgetMs) {
      this.say(
        'has taken its time: what is new from here on runs on TensorFlow’s own (see tune: { budgetMs })',
      );
    }
    this.measured = { ...this.measured, [description]: timings };
    this.keepMeasured();
    return timings;
  }

  private keepMeasured(): void {
    try {
      addTimings(this.file, this.machine, this.measured);
    } catch (error) {
      if (!this.warned) this.say(`cannot keep its results in ${this.file}: ${reasonOf(error)}`);
      this.warned = true;
    }
  }

  private say(what: string): void {
    process.stderr.write(`Loopwright: timing algorithms for convolutions and matrix products ${what}\n`);
  }
}

/** TensorFlow's own unless another candidate is clearly faster. */
export function fastest(timings: Timings = {}): string {
  const { native = Number.POSITIVE_INFINITY, ...others } = timings;
  const [best] = Object.entries(others).sort(([, one], [, other]) => one - other);
  return best !== undefined && best[1] < native * ADVANTAGE ? best[0] : 'native';
}

/** Whether timings are of these candidates. A file in a cache may have been changed. */
function isOf(timings: Timings, candidates: readonly BoundCandidate[]): boolean {
  return Object.keys(timings).every((name) => candidates.some((candidate) => candidate.name === name));
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
