import { expectNoLeak, testVariable, tinyClassifier } from '@loopwright/test-utils';
import { dispose, type Tensor, variableGrads } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { l2Penalty } from './l2-penalty.ts';

describe('l2Penalty', () => {
  it('is half the sum of squares, with gradient lambda times the weights', () =>
    expectNoLeak(() => {
      const kernel = testVariable([[1, -2]]);
      const bias = testVariable([3]);
      const variables = { kernel, bias };
      const { value, grads } = variableGrads(() => l2Penalty(variables, { lambda: 0.5 }));
      expect(value.dataSync()[0]).toBeCloseTo(0.25 * (1 + 4 + 9), 6);
      expect([...(grads[kernel.name] as Tensor).dataSync()]).toEqual([0.5, -1]);
      const plain = l2Penalty(variables);
      const selected = l2Penalty(variables, { select: (name) => name === 'bias' });
      expect([plain.dataSync()[0], selected.dataSync()[0]]).toEqual([7, 4.5]);
      dispose([value, grads, plain, selected, kernel, bias]);
    }));

  it('leaves out what is not trained, such as running statistics', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const seen: string[] = [];
      l2Penalty(model, { select: (name) => seen.push(name) > 0 }).dispose();
      expect(seen).toEqual(['hidden/kernel', 'norm/gamma', 'norm/beta', 'head/kernel', 'head/bias']);
      model.dispose();
    }));

  it('leaves out layers that were made frozen, and recurrent ones that are', () =>
    expectNoLeak(() => {
      const cell = { units: 2, recurrentInitializer: 'glorotUniform', name: 'cell' } as const;
      const recurrent = layers.simpleRNN(cell);
      const model = sequential({
        layers: [
          layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4, trainable: false, name: 'words' }),
          recurrent,
          layers.dense({ units: 1, name: 'head' }),
        ],
      });
      const penalized = () => {
        const seen: string[] = [];
        l2Penalty(model, { select: (name) => seen.push(name) > 0 }).dispose();
        return seen;
      };
      const head = ['head/kernel', 'head/bias'];
      expect(penalized()).toEqual(['cell/kernel', 'cell/recurrent_kernel', 'cell/bias', ...head]);
      recurrent.trainable = false;
      expect(penalized()).toEqual(head);
      model.dispose();
    }));

  it('refuses a negative strength, an empty selection and unknown options', () =>
    expectNoLeak(() => {
      const w = testVariable([1]);
      expect(() => l2Penalty({ w }, { lambda: -1 })).toThrow(
        '[loopwright/losses] l2Penalty: lambda must be a finite number at least 0, got -1',
      );
      expect(() => l2Penalty({ w }, { select: () => false })).toThrow('no trainable variable is selected');
      expect(() => l2Penalty({ w }, { select: 'w' as never })).toThrow('select must be a function');
      expect(() => l2Penalty({ w }, { lambd: 1 } as never)).toThrow('did you mean lambda?');
      w.dispose();
    }));
});
