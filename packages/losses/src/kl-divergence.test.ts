import { expectNoLeak } from '@loopwright/test-utils';
import { dispose, type Tensor, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { klDivergence } from './kl-divergence.ts';

const values = (tensor: Tensor) => [...tensor.dataSync()];
/** Logits of two examples whose distributions are (0.9, 0.1) and (0.5, 0.5). */
const target = () => tensor2d([Math.log(0.9), Math.log(0.1), 0, 0], [2, 2]);
const uniform = () => zeros([2, 2]);
const targetOfUniform = 0.9 * Math.log(0.9 / 0.5) + 0.1 * Math.log(0.1 / 0.5);
const uniformOfTarget = 0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1);

describe('klDivergence', () => {
  it('takes the target first: KL(target || input)', () =>
    expectNoLeak(() => {
      const [p, q] = [target(), uniform()];
      const forward = klDivergence(p, q, { reduction: 'none' });
      const backward = klDivergence(q, p, { reduction: 'none' });
      expect(forward.shape).toEqual([2]);
      expect(values(forward)[0]).toBeCloseTo(targetOfUniform, 6);
      expect(values(backward)[0]).toBeCloseTo(uniformOfTarget, 6);
      dispose([p, q, forward, backward]);
    }));

  it('averages over the batch by default, and over the classes only when told to (trap)', () =>
    expectNoLeak(() => {
      const [p, q] = [target(), uniform()];
      const losses = [klDivergence(p, q), klDivergence(p, q, { reduction: 'mean' })] as const;
      expect(values(losses[0])[0]).toBeCloseTo(targetOfUniform / 2, 6);
      expect(values(losses[1])[0]).toBeCloseTo(targetOfUniform / 4, 6);
      dispose([p, q, ...losses]);
    }));

  it('refuses other shapes and types, and unknown options', () =>
    expectNoLeak(() => {
      const [p, narrow, whole] = [target(), zeros([2, 1]), zeros([2, 2], 'int32')];
      expect(() => klDivergence(p, narrow)).toThrow(
        '[loopwright/losses] klDivergence: inputLogits must be a float32 tensor of shape [2, 2], got tensor "float32" of shape [2, 1]',
      );
      expect(() => klDivergence(whole, p)).toThrow('targetLogits must be a float32 tensor');
      expect(() => klDivergence(p, p, { reduction: 'batchmean' as never })).toThrow('got "batchmean"');
      expect(() => klDivergence(p, p, { logTarget: true } as never)).toThrow('unknown option "logTarget"');
      dispose([p, narrow, whole]);
    }));
});
