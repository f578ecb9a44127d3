import { readFileSync } from 'node:fs';
import { crossEntropy, empiricalFisher, ewcPenalty, klDivergence } from '@loopwright/losses';
import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import {
  add,
  dispose,
  grads as gradients,
  matMul,
  sum,
  type Tensor,
  tensor,
  tensor2d,
  losses as tensorFlowJsLosses,
  tidy,
  valueAndGrad,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

type Matrix = number[][];
type TensorFlowJsLoss = 'sigmoidCrossEntropy' | 'meanSquaredError' | 'absoluteDifference' | 'huberLoss';
interface Golden {
  cases: {
    crossEntropy: {
      name: string;
      logits: Matrix | Matrix[];
      labels: number[] | Matrix;
      areSoft: boolean;
      ignoreIndex: number | null;
      weight: number[] | null;
      labelSmoothing: number;
      reduction: 'mean' | 'sum' | 'none';
      value: number | number[] | Matrix;
      gradient: Matrix | Matrix[];
    }[];
    klDivergence: {
      name: string;
      targetLogits: Matrix;
      inputLogits: Matrix;
      reduction: 'batchMean' | 'mean' | 'sum';
      value: number;
      targetGradient: Matrix;
      inputGradient: Matrix;
    }[];
    consolidation: {
      inputs: Matrix;
      labels: number[];
      anchor: { weight: Matrix; bias: number[] };
      moved: { weight: Matrix; bias: number[] };
      fisher: { weight: Matrix; bias: number[] };
      lambda: number;
      value: number;
      gradients: { weight: Matrix; bias: number[] };
    };
    tensorFlowJs: {
      name: TensorFlowJsLoss;
      values: Matrix;
      targets: Matrix;
      value: number;
      gradient: Matrix;
    }[];
  };
}

const { cases }: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));

/** PyTorch computed in float64; a float32 softmax over a few classes is good to some units of 1e-7, relative. */
function expectClose(actual: Tensor, expected: number | number[] | Matrix | Matrix[]): void {
  const values = [...actual.dataSync()];
  const wanted = [expected].flat(3) as number[];
  expect(values.length).toBe(wanted.length);
  for (const [i, value] of values.entries()) {
    const reference = wanted[i] as number;
    expect(Math.abs(value - reference), `element ${i}: ${value}, expected ${reference}`).toBeLessThanOrEqual(
      2e-6 + 2e-6 * Math.abs(reference),
    );
  }
}

const matrix = (values: Matrix) => tensor2d(values, undefined, 'float32');

describe('crossEntropy has the values and gradients of torch.nn.functional.cross_entropy', () => {
  it.each(cases.crossEntropy)('$name', ({ logits, labels, areSoft, weight, ignoreIndex, ...golden }) =>
    expectNoLeak(() =>
      tidy(() => {
        const { labelSmoothing, reduction, value, gradient } = golden;
        const target = tensor(labels as number[], undefined, areSoft ? 'float32' : 'int32');
        const classWeight = weight === null ? {} : { weight: tensor(weight, undefined, 'float32') };
        const ignored = ignoreIndex === null ? {} : { ignoreIndex };
        const loss = (x: Tensor) =>
          crossEntropy(x, target, { labelSmoothing, reduction, ...classWeight, ...ignored }) as Tensor;
        const given = tensor(logits as Matrix, undefined, 'float32');
        expectClose(loss(given), value);
        const { grad } = valueAndGrad((x: Tensor) => sum(loss(x)))(given);
        expectClose(grad, gradient);
      }),
    ),
  );
});

describe('klDivergence has the values and gradients of torch.nn.functional.kl_div', () => {
  it.each(cases.klDivergence)('$name', ({ targetLogits, inputLogits, reduction, ...expected }) =>
    expectNoLeak(() =>
      tidy(() => {
        const pair = [matrix(targetLogits), matrix(inputLogits)] as const;
        const loss = (target: Tensor, input: Tensor) => klDivergence(target, input, { reduction });
        expectClose(loss(...pair), expected.value);
        const [target, input] = gradients(loss as (...x: Tensor[]) => Tensor)([...pair]);
        expectClose(target as Tensor, expected.targetGradient);
        expectClose(input as Tensor, expected.inputGradient);
      }),
    ),
  );
});

describe('TensorFlow.js has losses with the values and gradients of PyTorch, as the guide says', () => {
  const { sigmoidCrossEntropy, meanSquaredError, absoluteDifference, huberLoss } = tensorFlowJsLosses;
  const losses: Record<TensorFlowJsLoss, (y: Tensor, x: Tensor) => Tensor> = {
    sigmoidCrossEntropy,
    meanSquaredError,
    absoluteDifference,
    huberLoss: (y, x) => huberLoss(y, x, undefined, 0.5),
  };
  it.each(cases.tensorFlowJs)('$name', ({ name, values, targets, ...expected }) =>
    expectNoLeak(() =>
      tidy(() => {
        const y = matrix(targets);
        const { value, grad } = valueAndGrad((x: Tensor) => losses[name](y, x))(matrix(values));
        expectClose(value, expected.value);
        expectClose(grad, expected.gradient);
      }),
    ),
  );

  it('but where a prediction is its target, the gradient of absoluteDifference is not 0', () =>
    expectNoLeak(() =>
      tidy(() => {
        const { grad } = valueAndGrad((x: Tensor) => absoluteDifference(matrix([[1]]), x))(matrix([[1]]));
        expectClose(grad, [[1]]);
      }),
    ));
});

describe('empiricalFisher and ewcPenalty agree with autograd', () => {
  it('on a linear classifier, one example at a time', () =>
    expectNoLeak(async () => {
      const { inputs, labels, anchor, moved, fisher, lambda, value, gradients } = cases.consolidation;
      const weight = testVariable(anchor.weight);
      const bias = testVariable(anchor.bias);
      const source = { weight, bias };
      const examples = inputs.map((input, i) => ({ input: [input], label: [labels[i] as number] }));
      const estimated = await empiricalFisher(source, examples, ({ input, label }) =>
        crossEntropy(add(matMul(matrix(input), weight), bias), tensor(label, undefined, 'int32')),
      );
      expectClose(estimated.weight as Tensor, fisher.weight);
      expectClose(estimated.bias as Tensor, fisher.bias);

      const old = { weight: matrix(anchor.weight), bias: tensor(anchor.bias, undefined, 'float32') };
      tidy(() => weight.assign(matrix(moved.weight)));
      tidy(() => bias.assign(tensor(moved.bias, undefined, 'float32')));
      const penalty = variableGrads(() => ewcPenalty(source, { anchor: old, fisher: estimated, lambda }));
      expectClose(penalty.value, value);
      expectClose(penalty.grads[weight.name] as Tensor, gradients.weight);
      expectClose(penalty.grads[bias.name] as Tensor, gradients.bias);
      dispose([estimated, old, penalty.value, penalty.grads, weight, bias]);
    }));
});
