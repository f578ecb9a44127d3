import { expectNoLeak } from '@loopwright/test-utils';
import { tensor1d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checker } from './check.ts';
import { checkTensor, type TensorSpec } from './check-tensor.ts';

const check = checker('core', 'subject');
const logits: TensorSpec = { dtype: 'float32', shape: ['batch', 3] };

describe('checkTensor', () => {
  it('returns the tensor that it was given', () =>
    expectNoLeak(() => {
      const value = zeros([2, 3]);
      expect(checkTensor(check, 'logits', value, logits)).toBe(value);
      value.dispose();
    }));

  it('refuses another type, another rank, another length and what is no tensor', () =>
    expectNoLeak(() => {
      const message = '[loopwright/core] subject: logits must be a float32 tensor of shape [batch, 3], got ';
      const wrong = [tensor1d([1, 2], 'int32'), zeros([2, 4]), zeros([3])];
      expect(() => checkTensor(check, 'logits', wrong[0], logits)).toThrow(
        `${message}tensor "int32" of shape [2]`,
      );
      for (const value of [...wrong, [[1, 2, 3]], undefined, null, {}]) {
        expect(() => checkTensor(check, 'logits', value, logits)).toThrow(message);
      }
      for (const value of wrong) value.dispose();
    }));
});
