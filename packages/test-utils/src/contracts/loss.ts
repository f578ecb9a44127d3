import { backend, type Scalar, type Tensor, tensor2d, tidy, valueAndGrad } from '@tensorflow/tfjs-core';
import { expect, vi } from 'vitest';
import { expectNoLeak } from '../leak.ts';

/** What {@link expectLoss} needs to know of a loss. */
export interface LossContract {
  /** The loss of logits of shape [3, 4]; everything else that it takes is closed over. */
  readonly loss: (logits: Tensor) => Scalar;
}

const rows = 3;
const classes = 4;

/**
 * The contract of every loss of logits: its gradient is the one that finite differences show, value and gradient are
 * finite for logits of ±1e4, and neither pass leaves a tensor behind or reads a value back from the device.
 */
export async function expectLoss({ loss }: LossContract): Promise<void> {
  const ordinary = Array.from({ length: rows * classes }, (_, i) => 2 * Math.sin(5 * i + 1));
  const { gradient } = await expectNoLeak(() => evaluate(loss, ordinary));
  const step = 1e-2;
  const slopes = ordinary.map((_, i) => {
    const moved = (by: number) => ordinary.map((value, j) => (i === j ? value + by : value));
    return (evaluate(loss, moved(step)).value - evaluate(loss, moved(-step)).value) / (2 * step);
  });
  // Central differences of a float32 loss: 1e-7 / step of rounding and step² of curvature.
  for (const [i, slope] of slopes.entries())
    expect(gradient[i], `gradient of logit ${i}`).toBeCloseTo(slope, 3);

  const extreme = ordinary.map((value) => Math.sign(value) * 1e4);
  const far = await expectNoLeak(() => evaluate(loss, extreme));
  expect([far.value, ...far.gradient].every(Number.isFinite), 'finite at ±1e4').toBe(true);
}

function evaluate(loss: (logits: Tensor) => Scalar, values: readonly number[]) {
  return tidy(() => {
    const reads = vi.spyOn(backend(), 'readSync');
    const { value, grad } = valueAndGrad(loss)(tensor2d([...values], [rows, classes]));
    expect(reads, 'nothing is read back within the step').not.toHaveBeenCalled();
    reads.mockRestore();
    return { value: value.dataSync()[0] as number, gradient: [...grad.dataSync()] };
  });
}
