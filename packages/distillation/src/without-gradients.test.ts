import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import {
  dispose,
  memory,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
  tensor1d,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { withoutGradients } from './without-gradients.ts';

describe('withoutGradients', () => {
  it('makes a constant of what it computes, even from the variable that is differentiated', () =>
    expectNoLeak(() => {
      const w = testVariable([2, 3]);
      const loss = () =>
        sum(
          mul(
            w,
            withoutGradients(() => square(w)),
          ),
        ) as Scalar;
      const { value, grads } = variableGrads(loss);
      expect(value.dataSync()[0]).toBe(8 + 27);
      expect([...(grads[w.name] as Tensor).dataSync()]).toEqual([4, 9]);
      dispose([w, value, grads]);
    }));

  it('lets gradients pass again afterwards, also when the computation throws', () =>
    expectNoLeak(() => {
      const w = testVariable([2]);
      const failing = (): Tensor => {
        square(w);
        throw new Error('broken');
      };
      expect(() => variableGrads(() => sum(withoutGradients(failing)) as Scalar)).toThrow('broken');
      const { value, grads } = variableGrads(() => sum(square(w)) as Scalar);
      expect((grads[w.name] as Tensor).dataSync()[0]).toBe(4);
      dispose([w, value, grads]);
    }));

  it('keeps nothing for the backward pass, and disposes what it made on the way', () =>
    expectNoLeak(() => {
      const [w, x] = [testVariable([1]), tensor1d([2])];
      let kept = -1;
      const { value, grads } = variableGrads(() => {
        const before = memory().numTensors;
        const result = withoutGradients(() => square(mul(square(x), w)));
        kept = memory().numTensors - before;
        return sum(mul(result, w)) as Scalar;
      });
      expect(kept).toBe(1);
      dispose([w, x, value, grads]);
    }));

  it('returns a new tensor even of one that exists, and works outside of a gradient', () =>
    expectNoLeak(() => {
      const cached = tensor1d([1]);
      withoutGradients(() => cached).dispose();
      expect([...cached.dataSync()]).toEqual([1]);
      cached.dispose();
    }));
});
