import { readFileSync } from 'node:fs';
import * as optimizers from '@loopwright/optimizers';
import { clipGradNorm, clipGradValue, Muon, type Optimizer } from '@loopwright/optimizers';
import { expectNoLeak } from '@loopwright/test-utils';
import { dispose, type Tensor, tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

type Values = Record<string, number[]>;

interface Case {
  optimizer: 'SGD' | 'Adam' | 'AdamW' | 'RAdam' | 'RMSprop' | 'Lookahead' | 'Ranger';
  options: Record<string, unknown>;
  groups?: { name: string; params: string[] }[];
  trajectory: Record<string, Values>;
}

interface Clipping {
  step: number;
  maxNorm: number | null;
  clipValue: number | null;
  norm?: number;
  grads: Values;
}

const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  version: string;
  shapes: Record<string, number[]>;
  initial: Values;
  gradients: Values[];
  lrChange: { after: number; factor: number };
  cases: Case[];
  muon: {
    shapes: Record<string, number[]>;
    initial: Values;
    gradients: Values[];
    cases: { options: optimizers.MuonOptions; trajectory: Record<string, Values> }[];
  };
  clipping: Clipping[];
};

/**
 * Both sides compute in float32, in orders that differ by a few roundings a step. Parameters are about 1, where a
 * rounding is 6e-8; 12 steps of several roundings each stay below 1e-6.
 */
const tolerance = 1e-6;

describe(`optimizers follow PyTorch ${golden.version}`, () => {
  for (const given of golden.cases) {
    const groups = given.groups === undefined ? '' : ` in groups ${JSON.stringify(given.groups.slice(1))}`;
    it(`${given.optimizer} ${JSON.stringify(given.options)}${groups}`, () =>
      expectNoLeak(() => {
        const variables = makeVariables();
        const optimizer = make(given, variables);
        golden.gradients.forEach((gradients, index) => {
          tidy(() => optimizer.step(tensors(gradients)));
          const expected = given.trajectory[index + 1];
          if (expected !== undefined) expectClose(variables, expected, `step ${index + 1}`);
          if (index + 1 === golden.lrChange.after) scaleLearningRate(optimizer, golden.lrChange.factor);
        });
        optimizer.dispose();
        dispose(variables);
      }));
  }
});

describe(`Muon follows PyTorch ${golden.version}, computed in float32`, () => {
  const { shapes, initial, gradients, cases } = golden.muon;
  for (const { options, trajectory } of cases) {
    it(JSON.stringify(options), () =>
      expectNoLeak(() => {
        const variables = makeVariables(initial, shapes);
        const optimizer = new Muon(variables, options);
        gradients.forEach((values, index) => {
          tidy(() => optimizer.step(tensors(values, shapes)));
          const expected = trajectory[index + 1];
          if (expected !== undefined) expectClose(variables, expected, `step ${index + 1}`, 5 * tolerance);
        });
        optimizer.dispose();
        dispose(variables);
      }),
    );
  }
});

describe(`clipping follows PyTorch ${golden.version}`, () => {
  for (const { step, maxNorm, clipValue, norm, grads } of golden.clipping) {
    it(maxNorm === null ? `clipGradValue ${clipValue}` : `clipGradNorm ${maxNorm}`, () =>
      expectNoLeak(() =>
        tidy(() => {
          const given = tensors(golden.gradients[step - 1] as Values);
          if (maxNorm === null) return expectClose(clipGradValue(given, clipValue as number), grads, 'value');
          const clipped = clipGradNorm(given, maxNorm);
          expectClose(clipped.grads, grads, 'norm');
          expect(clipped.norm.dataSync()[0]).toBeCloseTo(norm as number, 5);
        }),
      ),
    );
  }
});

function make({ optimizer: name, options, groups }: Case, variables: Record<string, Variable>): Optimizer {
  const params = groups?.map((group) => ({
    ...group,
    params: Object.fromEntries(group.params.map((key) => [key, variables[key] as Variable])),
  }));
  const inner = options.optimizer as Case['optimizer'] | undefined;
  const classes = optimizers as unknown as Record<
    string,
    new (
      params: unknown,
      options: unknown,
    ) => Optimizer
  >;
  const Class = classes[name] as (typeof classes)[string];
  return new Class(
    params ?? variables,
    inner === undefined ? options : { ...options, optimizer: classes[inner] },
  );
}

function scaleLearningRate(optimizer: Optimizer, factor: number): void {
  for (const group of optimizer.paramGroups) group.learningRate *= factor;
}

function makeVariables(initial = golden.initial, shapes = golden.shapes): Record<string, Variable> {
  return tidy(() =>
    Object.fromEntries(
      Object.entries(tensors(initial, shapes)).map(([name, value]) => [name, variable(value)]),
    ),
  );
}

function tensors(values: Values, shapes = golden.shapes): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name, tensor(data, shapes[name], 'float32')]),
  );
}

function expectClose(
  actual: Record<string, Tensor>,
  expected: Values,
  when: string,
  within = tolerance,
): void {
  for (const [name, values] of Object.entries(expected)) {
    const data = actual[name]?.dataSync() ?? [];
    expect(data.length).toBe(values.length);
    values.forEach((value, i) => {
      const error = Math.abs((data[i] as number) - value) / Math.max(1, Math.abs(value));
      expect(error, `${name}[${i}] at ${when}: ${data[i]}, expected ${value}`).toBeLessThan(within);
    });
  }
}
