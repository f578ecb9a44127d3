import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { type KernelFamily, replaceMethod } from './replacement.ts';

/** What TensorFlow.js notes of an op while gradients are wanted. */
interface TapeNode {
  inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly Tensor[];
  readonly saved: readonly Tensor[];
}

/** What TensorFlow.js' engine keeps to itself. */
interface TapeWriter {
  readonly state: { readonly activeTape: TapeNode[] };
  addTapeNode(...node: unknown[]): void;
}

/**
 * Mends two ways in which TensorFlow.js' tape loses gradients.
 *
 * Copies of an op's outputs that its gradient keeps (those of exp, tanh, softmax …) stand before the op, which is where
 * nothing that comes out of it is looked for: gradients of gradients lack what goes through them. They are put behind it.
 *
 * What an op returns as integers or truth values has no gradient, and TensorFlow.js looks for one: a comparison in
 * `tf.where(tf.greater(x, 0), …)` or an index from `tf.argMax(x)` was an error, and a cast to int32 passed gradients on.
 */
export const tape: KernelFamily = () =>
  replaceMethod(
    engine() as unknown as TapeWriter,
    'addTapeNode',
    (before) =>
      function (this: TapeWriter, ...node) {
        before.apply(this, node);
        arrangeLast(this.state.activeTape);
      },
  );

function arrangeLast(nodes: TapeNode[]): void {
  const last = nodes.length - 1;
  const node = nodes[last] as TapeNode;
  if (node.outputs.every(({ dtype }) => dtype === 'int32' || dtype === 'bool')) node.inputs = {};
  for (let place = last - node.saved.length; place < last; place++) {
    if (!reads(nodes[place] as TapeNode, node.outputs)) continue;
    nodes.pop();
    nodes.splice(place, 0, node);
    return;
  }
}

function reads({ inputs }: TapeNode, outputs: readonly Tensor[]): boolean {
  return Object.values(inputs).some((input) => outputs.some(({ id }) => id === input.id));
}
