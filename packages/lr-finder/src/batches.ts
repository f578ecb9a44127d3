import { type Checker, show } from '@loopwright/core';
import { Tensor } from '@tensorflow/tfjs-core';

/** Batches in any form that a loop can run over, or a function that starts a pass over them. */
export type BatchSource<B> = Iterable<B> | AsyncIterable<B> | (() => Iterable<B> | AsyncIterable<B>);

/**
 * The first batches of a source, which is passed over again whenever it ends. The batches stay the source's.
 *
 * @throws LoopwrightError if the source cannot be passed over, or a pass has no batch
 */
export async function* firstBatches<B>(
  check: Checker,
  argument: string,
  source: BatchSource<B>,
  count: number,
): AsyncGenerator<B, void, undefined> {
  let given = 0;
  while (given < count) {
    const before = given;
    for await (const batch of startPass(check, argument, source)) {
      yield batch;
      given += 1;
      if (given === count) return;
    }
    if (given === before) check.fail(noBatches(argument, given));
  }
}

/** The pass that a {@link BatchSource} stands for. */
export function startPass<B>(
  check: Checker,
  argument: string,
  source: BatchSource<B>,
): Iterable<B> | AsyncIterable<B> {
  const pass = typeof source === 'function' ? source() : source;
  const candidate = pass as Partial<Iterable<B> & AsyncIterable<B>> | null | undefined;
  if (candidate?.[Symbol.iterator] === undefined && candidate?.[Symbol.asyncIterator] === undefined) {
    check.fail(`${argument} must be an iterable or a function that returns one, got ${show(pass)}`);
  }
  return pass;
}

/** How many samples a batch holds: the length of the first axis of the first tensor in it. */
export function batchSize(check: Checker, batch: unknown): number {
  const parts: readonly unknown[] = batch instanceof Tensor ? [batch] : Object.values(batch ?? {});
  const first = parts.find((part) => part instanceof Tensor);
  return first?.shape[0] === undefined
    ? check.fail(`a batch must be a tensor or have one (else give size), got ${show(batch)}`)
    : first.shape[0];
}

/** The message for a pass without a batch. */
export function noBatches(argument: string, given: number): string {
  return given === 0
    ? `${argument} holds no batch`
    : `${argument} ended after ${given} batches and cannot be passed over again: give a function that starts a pass`;
}
