import { checker } from '@loopwright/core';
import { broadcastTo, Einsum, einsum, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { type KernelFamily, replaceGradient } from './replacement.ts';

const check = checker('tensorflow', 'einsum');

/**
 * The gradient of `tf.einsum`, which TensorFlow.js has not: for each operand an einsum of the output's gradient with the
 * other operands. Along an axis that only this operand has, which was summed, it is the same everywhere.
 */
export const einsumGradient: KernelFamily = () =>
  replaceGradient(Einsum, {
    saveAllInputs: true,
    gradient: (dy, operands, { equation }) => {
      const { labels, output } = labelsOf(equation as string);
      const gradient = (operand: Tensor, index: number) => {
        const others = labels.toSpliced(index, 1);
        const own = [...(labels[index] as string)];
        const kept = own.filter((label) => [output, ...others].some((axes) => axes.includes(label)));
        const summed = einsum(
          `${[output, ...others].join()}->${kept.join('')}`,
          dy,
          ...operands.toSpliced(index, 1),
        );
        const shape = own.map((label, axis) => (kept.includes(label) ? (operand.shape[axis] as number) : 1));
        return broadcastTo(reshape(summed, shape), operand.shape as [number]);
      };
      return Object.fromEntries(operands.map((operand, index) => [index, () => gradient(operand, index)]));
    },
  });

/** The labels of each operand's axes and of the output's. */
function labelsOf(equation: string): { labels: string[]; output: string } {
  const [left, output] = equation.replaceAll(' ', '').split('->');
  if (left === undefined || output === undefined || left.includes('.')) {
    return check.fail(`"${equation}" has no gradient: it must name all axes, as in "ij,jk->ik"`);
  }
  const labels = left.split(',');
  const repeated = labels.find((axes) => new Set(axes).size < axes.length);
  if (repeated !== undefined) {
    check.fail(`"${equation}" has no gradient: a label occurs twice in "${repeated}"`);
  }
  return { labels, output };
}
