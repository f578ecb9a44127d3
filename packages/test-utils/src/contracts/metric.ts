import type { Stateful } from '@loopwright/core';
import { engine, memory, scalar, square, Tensor, tidy, variable, variableGrads } from '@tensorflow/tfjs-core';
import { expect, vi } from 'vitest';
import { EffectRecorder } from '../effect-recorder.ts';
import { expectNoLeak } from '../leak.ts';
import { expectStateful } from './stateful.ts';

/** What every metric can do. */
export interface MetricSubject<Args extends readonly unknown[]> extends Stateful {
  update(...args: Args): void;
  compute(): Promise<unknown>;
  reset(): void;
  merge(other: unknown): void;
  dispose(): void;
}

/** What {@link expectMetric} needs to know of a metric. */
export interface MetricContract<Args extends readonly unknown[]> {
  readonly make: () => MetricSubject<Args>;
  /** A new instance with other options, wherever there are any; by default {@link make}. */
  readonly makeOther?: () => MetricSubject<Args>;
  /** The arguments of one update, all batches different; the suite disposes the tensors. */
  readonly batch: (index: number) => Args;
}

const batches = 6;
/** Sums in another order may differ by some roundings of float32. */
const digits = 6;

/**
 * The contract of every metric: constant memory on the device, kept through a surrounding `tidy` and freed on request;
 * no read-back before `compute()`, which ends nothing and is not disturbed by what comes after it; merged parts give
 * what one pass gives; fed anew when a recording is replayed; resumable mid-way into a copy with other options.
 */
export async function expectMetric<Args extends readonly unknown[]>(
  contract: MetricContract<Args>,
): Promise<void> {
  await expectNoLeak(() => expectConstantMemory(contract));
  await expectNoLeak(() => expectNoReadBack(contract));
  await expectNoLeak(() => expectUndisturbedCompute(contract));
  await expectNoLeak(() => expectMergeOfParts(contract));
  await expectNoLeak(() => expectFreshAfterReset(contract));
  await expectNoLeak(() => expectReplay(contract));
  await expectNoLeak(() => expectNoEffectOnGradients(contract));
  await expectNoLeak(() => expectResume(contract));
}

function feed<Args extends readonly unknown[]>(
  { batch }: MetricContract<Args>,
  metric: MetricSubject<Args>,
  from: number,
  to: number,
): void {
  for (let index = from; index < to; index++) tidy(() => metric.update(...batch(index)));
}

async function expectConstantMemory<Args extends readonly unknown[]>(
  contract: MetricContract<Args>,
): Promise<void> {
  const metric = contract.make();
  feed(contract, metric, 0, 1);
  const { numTensors, numBytes } = memory();
  feed(contract, metric, 1, batches);
  expect(memory().numTensors, 'tensors held do not grow').toBe(numTensors);
  expect(memory().numBytes, 'bytes held do not grow').toBe(numBytes);
  metric.dispose();
}

async function expectNoReadBack<Args extends readonly unknown[]>(
  contract: MetricContract<Args>,
): Promise<void> {
  const metric = contract.make();
  const reads = (['read', 'readSync'] as const).map((name) => vi.spyOn(engine(), name));
  feed(contract, metric, 0, 2);
  for (const read of reads) {
    expect(read, 'update reads nothing back').not.toHaveBeenCalled();
    read.mockRestore();
  }
  metric.dispose();
}

async function expectUndisturbedCompute<Args extends readonly unknown[]>(
  contract: MetricContract<Args>,
): Promise<void> {
  const metric = contract.make();
  feed(contract, metric, 0, 2);
  const pending = metric.compute();
  feed(contract, metric, 2, 3);
  const early = contract.make();
  feed(contract, early, 0, 2);
  expect(await pending, 'later updates do not change what is being computed').toEqual(await early.compute());
  expect(await metric.compute(), 'compute() changes nothing').toEqual(await metric.compute());
  metric.dispose();
  early.dispose();
}

async function expectMergeOfParts<Args extends readonly unknown[]>(
  contract: MetricContract<Args>,
): Promise<void> {
  const [whole, first, second, empty] = [contract.make(), contract.make(), contract.make(), contract.make()];
  feed(contract, whole, 0, batches);
  feed(contract, first, 0, 2);
  feed(contract, second, 2, batches);
  const kept = await second.compute();
  first.merge(second);
  expectClose(await first.compute(), await whole.compute());
  expect(await second.compute(), 'the other one stays as it is').toEqual(kept);
  first.merge(empty);
  expectClose(await first.compute(), await whole.compute());
  empty.merge(whole);
  feed(contract, whole, 0, 1);
  expectClose(await empty.compute(), await first.compute());
  expect(() => first.merge(first)).toThrow('cannot merge a metric with itself');
  expect(() => first.merge(Object.create(null))).toThrow('cannot merge');
  for (const metric of [whole, first, second, empty]) metric.dispose();
}

/** What is no tensor, such as a weight, belongs to the recording. */
async function expectReplay<Args extends readonly unknown[]>({
  make,
  batch,
}: MetricContract<Args>): Promise<void> {
  const [eager, replayed] = [make(), make()];
  const recorder = new EffectRecorder();
  tidy(() => {
    const first = batch(0);
    recorder.record(() => replayed.update(...first));
    eager.update(...first);
    for (let index = 1; index < batches; index++) {
      const given = batch(index).map((arg, i) => (arg instanceof Tensor ? arg : first[i]));
      recorder.replay(given.filter((arg) => arg instanceof Tensor));
      eager.update(...(given as unknown as Args));
    }
  });
  expect(await replayed.compute(), 'a replay takes its own batch in').toEqual(await eager.compute());
  eager.dispose();
  replayed.dispose();
}

async function expectFreshAfterReset<Args extends readonly unknown[]>(
  contract: MetricContract<Args>,
): Promise<void> {
  const [used, fresh] = [contract.make(), contract.make()];
  const nothing = await fresh.compute();
  feed(contract, used, 0, 3);
  const held = memory().numTensors;
  used.reset();
  expect(memory().numTensors, 'reset() frees').toBeLessThanOrEqual(held);
  expect(used.stateDict()).toEqual(fresh.stateDict());
  expect(await used.compute()).toEqual(nothing);
  feed(contract, used, 3, 5);
  feed(contract, fresh, 3, 5);
  expect(await used.compute()).toEqual(await fresh.compute());
  used.dispose();
  fresh.dispose();
}

/** Updated inside a function that is differentiated, a metric stays out of the gradient and comes out of it alive. */
async function expectNoEffectOnGradients<Args extends readonly unknown[]>(
  contract: MetricContract<Args>,
): Promise<void> {
  const [inside, outside] = [contract.make(), contract.make()];
  const weight = tidy(() => variable(scalar(3)));
  feed(contract, outside, 0, 2);
  for (let index = 0; index < 2; index++) {
    const batch = contract.batch(index);
    const { value, grads } = variableGrads(() => {
      inside.update(...batch);
      return square(weight);
    }, [weight]);
    expect(grads[weight.name]?.dataSync()[0]).toBe(6);
    for (const tensor of [value, ...Object.values(grads), ...batch]) disposeTensor(tensor);
  }
  expect(await inside.compute()).toEqual(await outside.compute());
  weight.dispose();
  inside.dispose();
  outside.dispose();
}

async function expectResume<Args extends readonly unknown[]>(contract: MetricContract<Args>): Promise<void> {
  const results: unknown[] = [];
  await expectStateful({
    make: contract.make,
    ...(contract.makeOther && { makeOther: contract.makeOther }),
    advance: async (metric, index) => {
      feed(contract, metric, index, index + 1);
      results.push(await metric.compute());
    },
    observe: (metric) => structuredClone(metric.stateDict()),
    dispose: (metric) => metric.dispose(),
  });
  // The original and its copy took turns after the resume; what they computed must be equal, too.
  for (let index = 5; index < results.length; index += 2) expect(results[index + 1]).toEqual(results[index]);
}

function expectClose(actual: unknown, expected: unknown): void {
  const [values, wanted] = [[actual], [expected]].map((nested) => nested.flat(3) as number[]) as [
    number[],
    number[],
  ];
  expect(values).toHaveLength(wanted.length);
  wanted.forEach((value, index) => {
    if (Number.isNaN(value)) expect(values[index]).toBeNaN();
    else expect(values[index]).toBeCloseTo(value, digits);
  });
}

function disposeTensor(value: unknown): void {
  (value as Tensor | undefined)?.dispose?.();
}
