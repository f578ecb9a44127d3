import { type Checker, show } from '@loopwright/core';
import { Tensor } from '@tensorflow/tfjs-core';

/** Batches in any form that a loop can run over, or a function that starts a pass over them. */
export type BatchSource<B> = Iterable<B> | AsyncIterable<B> | (() => Iterable<B> | AsyncIterable<B>);

/** The pass that a {@link BatchSource} stands for. */
export function startPass<B>(check: Checker, batches: BatchSource<B>): Iterable<B> | AsyncIterable<B> {
  const pass = typeof batches === 'function' ? batches() : batches;
  const candidate = pass as Partial<Iterable<B> & AsyncIterable<B>> | null | undefined;
  if (candidate?.[Symbol.iterator] === undefined && candidate?.[Symbol.asyncIterator] === undefined) {
    check.fail(`batches must be an iterable or a function that returns one, got ${show(pass)}`);
  }
  return pass;
}

const inputKeys = ['images', 'inputs', 'xs', '0'] as const;

/** The inputs in a batch: the batch itself, its `images`, `inputs` or `xs`, or the first of a list. Borrowed. */
export function inputsOf(check: Checker, batch: unknown): Tensor {
  if (batch instanceof Tensor) return batch;
  const record = (batch ?? {}) as Readonly<Record<string, unknown>>;
  const inputs = inputKeys.map((key) => record[key]).find((value) => value instanceof Tensor);
  return inputs instanceof Tensor
    ? inputs
    : check.fail(
        `a batch must be a tensor, have one as images, inputs or xs, or be a list that starts with one (else give options.inputs), got ${show(batch)}`,
      );
}
