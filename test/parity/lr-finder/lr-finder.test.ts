import { readFileSync } from 'node:fs';
import { crossEntropy } from '@loopwright/losses';
import {
  type Ending,
  type RangePoint,
  rangeTest,
  type SuggestionMethod,
  suggestLr,
} from '@loopwright/lr-finder';
import { SGD } from '@loopwright/optimizers';
import { countTensorsInEveryTest } from '@loopwright/test-utils';
import { dispose, matMul, type Tensor2D, tensor1d, tensor2d, tidy, variable } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

interface Golden {
  readonly cases: {
    readonly rangeTests: {
      readonly name: string;
      readonly options: {
        readonly mode: 'exponential' | 'linear';
        readonly startLr: number;
        readonly endLr: number;
        readonly steps: number;
        readonly smoothing: number;
        readonly divergence: number;
      };
      readonly inputs: number[][][];
      readonly labels: number[][];
      readonly weight: number[][];
      readonly history: RangePoint[];
      readonly ending: Ending;
    }[];
    readonly curves: {
      readonly name: string;
      readonly lrs: number[];
      readonly losses: number[];
      readonly skipStart: number;
      readonly skipEnd: number;
      readonly suggestions: Record<SuggestionMethod, { readonly step: number; readonly lr: number }>;
    }[];
  };
}

const { cases }: Golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8'));

countTensorsInEveryTest();

describe('range tests against PyTorch', () => {
  it.each(cases.rangeTests)('$name', async ({ options, inputs, labels, weight, history, ending }) => {
    const w = tidy(() => variable(tensor2d(weight)));
    const data = inputs.map((values, index) => ({
      inputs: tensor2d(values),
      labels: tensor1d(labels[index] as number[], 'int32'),
    }));
    const optimizer = new SGD({ w }, { learningRate: 1, momentum: 0.9 });
    const test = await rangeTest({
      model: { w },
      optimizer,
      data,
      loss: (batch) => crossEntropy(matMul(batch.inputs, w) as Tensor2D, batch.labels),
      ...options,
    });
    expect(test.ending).toBe(ending);
    expect(test.history.length).toBe(history.length);
    for (const [index, expected] of history.entries()) {
      const actual = test.history[index] as RangePoint;
      expect(Math.abs(actual.lr / expected.lr - 1)).toBeLessThan(1e-12);
      // PyTorch computes in float64 here, we in float32: 1e-7 a step, which high rates amplify.
      expect(Math.abs(actual.loss - expected.loss)).toBeLessThan(1e-4 * Math.max(1, expected.loss));
      expect(Math.abs(actual.smoothed - expected.smoothed)).toBeLessThan(
        1e-4 * Math.max(1, expected.smoothed),
      );
    }
    optimizer.dispose();
    dispose([w, ...data.flatMap((batch) => [batch.inputs, batch.labels])]);
  });
});

describe('suggestions against the formulas in NumPy', () => {
  it.each(cases.curves)('$name', ({ lrs, losses, skipStart, skipEnd, suggestions }) => {
    const history = lrs.map((lr, step) => ({ step, lr, smoothed: losses[step] as number }));
    for (const [method, { step, lr }] of Object.entries(suggestions)) {
      const suggestion = suggestLr(history, method as SuggestionMethod, { skipStart, skipEnd });
      expect(suggestion.step, method).toBe(step);
      expect(Math.abs((suggestion.lr as number) / lr - 1), method).toBeLessThan(1e-12);
    }
  });
});
