import { expect, it } from 'vitest';
import { formatProfile } from './format-profile.ts';
import type { StepProfile } from './step-profile.ts';

const op = { oneDnn: false, shapes: undefined };
const profile: StepProfile = {
  steps: 3,
  milliseconds: { total: 20, ops: 16, dispatch: 1, host: 3 },
  ops: [
    { ...op, name: 'Conv2D', oneDnn: true, count: 2, milliseconds: 12.25, share: 0.5 },
    { ...op, name: 'Relu', count: 1, milliseconds: 4, share: 0.2 },
    { ...op, name: 'Mul', count: 3, milliseconds: 1.5, share: 0.075 },
    { ...op, name: 'Sub', count: 0.5, milliseconds: 0.5, share: 0.025 },
  ],
  primitives: undefined,
  algorithms: [],
  memory: { peakBytes: 44e6, startBytes: 14e6, endBytes: 14e6, residentPeakBytes: 600e6 },
};

it('prints ops by share, what passes between them, and memory', () => {
  expect(formatProfile(profile)).toBe(
    `20.0 ms a step (average of 3)

op                     count    ms  share
Conv2D (oneDNN)            2  12.3  50.0%
Relu                       1  4.00  20.0%
Mul                        3  1.50   7.5%
Sub                      0.5  0.50   2.5%
TensorFlow's dispatch         1.00   5.0%
JavaScript                    3.00  15.0%

memory: 44.0 MB of tensors at most, 14.0 MB of them from before; 600.0 MB in the whole process
`,
  );
});

it('sums up the rows that are too many', () => {
  const lines = formatProfile(profile, { rows: 2 }).split('\n');
  expect(lines.filter((line) => /more|Mul/.test(line))).toEqual([
    '2 more                   3.5  2.00  10.0%',
  ]);
});

it('keeps within its width, whatever the names', () => {
  const long = 'x'.repeat(200);
  const wide: StepProfile = {
    ...profile,
    ops: profile.ops.map((row) => ({ ...row, shapes: long })),
    primitives: [
      {
        kind: 'convolution',
        direction: 'backward_data',
        implementation: 'jit',
        problem: long,
        count: 1,
        milliseconds: 1,
      },
    ],
    algorithms: [{ call: 'Conv2D', taken: 'native', milliseconds: { slow: 5, patches: 1, native: 2 } }],
  };
  for (const width of [80, 120]) {
    const lines = formatProfile(wide, { width })
      .replace(/\nmemory.*/, '')
      .split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBe(width);
  }
  expect(formatProfile(wide)).toContain('\nConv2D\n  native 2.00, patches 1.00, slow 5.00\n');
});

it('leaves out calls that left nothing to choose', () => {
  const algorithms = [{ call: 'BatchMatMul', taken: 'native', milliseconds: {} }];
  expect(formatProfile({ ...profile, algorithms })).toBe(formatProfile(profile));
});

it('leaves out what is unknown', () => {
  const unknown = { peakBytes: undefined, startBytes: undefined, endBytes: undefined };
  const memory = { ...unknown, residentPeakBytes: undefined };
  expect(formatProfile({ ...profile, memory })).toMatch(/\nmemory: unknown\n$/);
});

it('refuses bad options by name', () => {
  expect(() => formatProfile(profile, { rows: 0 })).toThrow(
    '[loopwright/tensorflow] formatProfile: rows must be',
  );
  expect(() => formatProfile(profile, { columns: 80 } as never)).toThrow('unknown option "columns"');
});
