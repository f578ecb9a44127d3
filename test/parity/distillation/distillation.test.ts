import { readFileSync } from 'node:fs';
import { type DistillationOptions, distillationLoss } from '@loopwright/distillation';
import { expectNoLeak } from '@loopwright/test-utils';
import { type Tensor, tensor, tensor2d, tidy, valueAndGrad } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

interface Golden {
  subjects: Record<string, { student: number[][]; teacher: number[][]; labels: number[] | number[][] }>;
  cases: { subject: string; options: DistillationOptions; value: number; gradient: number[][] }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));

/**
 * PyTorch computed in float64. The size of a loss limits what its float32 value can show, and logits of some 1e4 round by
 * 1e-3 before anything is computed from them.
 */
function expectClose(actual: Tensor, expected: readonly number[], scale: number): void {
  const values = [...actual.dataSync()];
  expect(values.length).toBe(expected.length);
  for (const [i, value] of values.entries()) {
    const reference = expected[i] as number;
    expect(Math.abs(value - reference), `element ${i}: ${value}, expected ${reference}`).toBeLessThanOrEqual(
      scale + 4e-6 * Math.abs(reference),
    );
  }
}

const rows = golden.cases.map((row) => ({ ...row, name: `${row.subject}, ${JSON.stringify(row.options)}` }));

describe('distillationLoss has the values and gradients of the same formula in PyTorch', () => {
  it.each(rows)('$name', ({ subject, options, value, gradient }) =>
    expectNoLeak(() =>
      tidy(() => {
        const { student, teacher, labels } = golden.subjects[subject] as Golden['subjects'][string];
        const target = tensor(labels as number[], undefined, Array.isArray(labels[0]) ? 'float32' : 'int32');
        const teacherLogits = tensor2d(teacher);
        const loss = valueAndGrad((studentLogits: Tensor) =>
          distillationLoss({ studentLogits, teacherLogits, labels: target }, options),
        )(tensor2d(student));
        const tolerance = subject === 'extreme logits' ? 2e-3 : 2e-6;
        expectClose(loss.value, [value], tolerance);
        expectClose(loss.grad, gradient.flat(), tolerance);
      }),
    ),
  );
});
