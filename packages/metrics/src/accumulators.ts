import type { Checker, StateDict, StateValue, TensorValue } from '@loopwright/core';
import { checkKeys, readTensor, show, stateRecord } from '@loopwright/core';
import { checkTensorValue, toTensor } from '@loopwright/core/tensors';
import { add, neg, type Tensor, tidy, type Variable, variable, zerosLike } from '@tensorflow/tfjs-core';
import { addCompensated } from './compensated-sum.ts';

/**
 * One quantity that a metric adds up. `Total` is what its result is computed from: a number for a single value, a flat
 * array in row order otherwise.
 */
export interface Accumulator<Total extends number | Float64Array = number | Float64Array> {
  readonly kind: 'count' | 'sum' | 'tally';
  readonly shape: readonly number[];
  /** Only in the types: what {@link Accumulators.read} gives for it. */
  readonly total?: Total;
}

/** Integers on the device, exact up to 2^31 - 1 each (float32 would stop at 2^24). */
export function count(): Accumulator<number>;
export function count(shape: readonly number[]): Accumulator<Float64Array>;
export function count(shape: readonly number[] = []): Accumulator {
  return { kind: 'count', shape };
}

/** Real numbers on the device, in compensated float32. */
export function sum(): Accumulator<number>;
export function sum(shape: readonly number[]): Accumulator<Float64Array>;
export function sum(shape: readonly number[] = []): Accumulator {
  return { kind: 'sum', shape };
}

/** A number that is known without the device, such as a batch size, in float64. */
export function tally(): Accumulator<number> {
  return { kind: 'tally', shape: [] };
}

/** The accumulators of a metric by name. */
export type AccumulatorSpec = Readonly<Record<string, Accumulator>>;

/** What one update adds: numbers for tallies, tensors of the declared shape for the others; what is left out stays. */
export type Increments<Spec extends AccumulatorSpec = AccumulatorSpec> = {
  readonly [Name in keyof Spec]?: Tensor | number;
};

/** The sums so far, off the device. */
export type Totals<Spec extends AccumulatorSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Accumulator<infer Total> ? Total : never;
};

/**
 * The running sums of a metric, declared once; adding, merging, resetting, saving and loading derive from that.
 *
 * Sums are kept in variables, which a surrounding `tidy` leaves alone, and which exist from the first value on until
 * {@link reset}. Memory does not depend on how much was added.
 *
 * @example
 * const totals = new Accumulators({ hits: count(), samples: tally() });
 * tf.tidy(() => totals.add({ hits: tf.scalar(3, 'int32'), samples: 4 }));
 * await totals.read(); // { hits: 3, samples: 4 }
 */
export class Accumulators<Spec extends AccumulatorSpec = AccumulatorSpec> {
  private readonly spec: Spec;
  private readonly tallies = new Map<string, number>();
  private readonly variables = new Map<string, Variable>();

  constructor(spec: Spec) {
    this.spec = spec;
  }

  /** Adds. Reads nothing back. The tensors are borrowed; call it in a `tidy`. */
  add(increments: Increments<Spec>): void {
    for (const [name, increment] of Object.entries(increments)) {
      if (typeof increment === 'number') this.tallies.set(name, this.tally(name) + increment);
      else if (increment !== undefined) this.addTensor(name, increment);
    }
  }

  /** Adds what another one with the same declaration holds, which stays as it is. */
  merge(other: Accumulators<Spec>): void {
    tidy(() => {
      for (const [name, value] of other.tallies) this.tallies.set(name, this.tally(name) + value);
      for (const [name, { kind }] of Object.entries(this.spec)) {
        const value = other.variables.get(name);
        if (value !== undefined) this.addTensor(name, value);
        const excess = kind === 'sum' ? other.variables.get(excessOf(name)) : undefined;
        if (excess !== undefined) this.addTensor(name, neg(excess));
      }
    });
  }

  /** Waits for the device. Later additions do not change what is being read. */
  async read(): Promise<Totals<Spec>> {
    const totals = Object.entries(this.spec).map(async ([name, { kind, shape }]) => {
      if (kind === 'tally') return [name, this.tally(name)] as const;
      const [values, excess] = await Promise.all([this.data(name), this.data(excessOf(name))]);
      const total = Float64Array.from(
        { length: sizeOf(shape) },
        (_, i) => (values?.[i] ?? 0) - (excess?.[i] ?? 0),
      );
      return [name, shape.length === 0 ? (total[0] as number) : total] as const;
    });
    return Object.fromEntries(await Promise.all(totals)) as Totals<Spec>;
  }

  /** Sets all to zero and frees their memory on the device. */
  reset(): void {
    for (const held of this.variables.values()) held.dispose();
    this.variables.clear();
    this.tallies.clear();
  }

  /** A copy of all sums. */
  stateDict(): Readonly<Record<string, StateValue>> {
    return Object.fromEntries(
      this.slots().map(({ name, zero }) => {
        if (typeof zero === 'number') return [name, this.tally(name)];
        const held = this.variables.get(name);
        return [name, held === undefined ? zero : readTensor(held)];
      }),
    );
  }

  /** Checks a state made by {@link stateDict}, and returns the function that takes it over. */
  prepare(check: Checker, what: string, state: StateDict[string]): () => void {
    const values = stateRecord(check, what, state);
    const slots = this.slots();
    checkKeys(
      check,
      what,
      values,
      slots.map(({ name }) => name),
    );
    const setters = slots.map(({ name, zero }) => {
      const value = values[name];
      if (typeof zero === 'number') {
        if (typeof value !== 'number')
          return check.fail(`${what}.${name} must be a number, got ${show(value)}`);
        return () => this.tallies.set(name, value);
      }
      const tensor = checkTensorValue(check, `${what}.${name}`, value, zero);
      return () => this.hold(name, toTensor(tensor));
    });
    return () => {
      this.reset();
      tidy(() => {
        for (const set of setters) set();
      });
    };
  }

  private addTensor(name: string, increment: Tensor): void {
    const held = this.variables.get(name);
    const excess = this.variables.get(excessOf(name));
    if (held === undefined) {
      this.hold(name, increment);
      if (this.spec[name]?.kind === 'sum') this.hold(excessOf(name), zerosLike(increment));
    } else if (excess === undefined) {
      held.assign(add(held, increment));
    } else {
      const next = addCompensated({ sum: held, excess }, increment);
      held.assign(next.sum);
      excess.assign(next.excess);
    }
  }

  private hold(name: string, value: Tensor): void {
    this.variables.set(name, variable(value, false));
  }

  private tally(name: string): number {
    return this.tallies.get(name) ?? 0;
  }

  private data(name: string): Promise<ArrayLike<number>> | undefined {
    return this.variables.get(name)?.data();
  }

  /** Everything that is stored, and the zero it starts from. */
  private slots(): Slot[] {
    return Object.entries(this.spec).flatMap(([name, { kind, shape }]): Slot[] => {
      if (kind === 'tally') return [{ name, zero: 0 }];
      if (kind === 'count') {
        return [{ name, zero: { dtype: 'int32', shape, data: new Int32Array(sizeOf(shape)) } }];
      }
      return [name, excessOf(name)].map((slot) => ({
        name: slot,
        zero: { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) },
      }));
    });
  }
}

interface Slot {
  readonly name: string;
  readonly zero: number | TensorValue;
}

function excessOf(name: string): string {
  return `${name}.excess`;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
