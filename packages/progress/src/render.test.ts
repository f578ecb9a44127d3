import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProgressView } from './progress-view.ts';
import { renderBars, renderLine } from './render.ts';
import { textWidth } from './text.ts';

const view: ProgressView = {
  epochs: { current: 3, total: 10, fraction: 0.234, elapsed: 72, left: 243 },
  passes: [{ label: 'train', completed: 40, length: 117, rate: 12.345, elapsed: 3.2, left: 6.2 }],
  metrics: [
    ['train.loss', '0.5321'],
    ['val.accuracy', '0.9750'],
  ],
};
const at = (columns: number, changes: Partial<ProgressView> = {}) =>
  `\n${renderBars({ ...view, ...changes }, { columns, color: false }).join('\n')}\n`;

describe('renderBars', () => {
  it('draws both bars with speed, times and metrics', () => {
    expect(at(99)).toMatchInlineSnapshot(`
      "
      epoch        3/10 ━━━━━━━━━───────────────────────────────  23%  1:12  eta 4:03
      train      40/117 ━━━━━━━━━━━━━╸──────────────────────────  34%  12.3 it/s  0:03  eta 0:06
      train.loss 0.5321  val.accuracy 0.9750
      "
    `);
  });

  it('gives up times, then bars, where it is narrow', () => {
    expect(at(60)).toMatchInlineSnapshot(`
      "
      epoch        3/10 ━━────────  23%  1:12  eta 4:03
      train      40/117 ━━━───────  34%  12.3 it/s  0:03  eta 0:06
      train.loss 0.5321  val.accuracy 0.9750
      "
    `);
    expect(at(40)).toMatchInlineSnapshot(`
      "
      epoch        3/10 ━━━╸─────────────  23%
      train      40/117 ━━━━━╸───────────  34%
      train.loss 0.5321  val.accuracy 0.9750
      "
    `);
    expect(at(24)).toMatchInlineSnapshot(`
      "
      epoch        3/10  23%
      train      40/117  34%
      train.loss 0.5321
      val.accuracy 0.9750
      "
    `);
    expect(at(9)).toMatchInlineSnapshot(`
      "
      epoch   …
      train   …
      train.lo…
      val.accu…
      "
    `);
  });

  it('draws a pass of unknown length without a bar', () => {
    const pass = {
      label: 'stream',
      completed: 12,
      length: undefined,
      rate: 0.4,
      elapsed: 30,
      left: undefined,
    };
    expect(at(60, { epochs: undefined, passes: [pass], metrics: [] })).toMatchInlineSnapshot(`
      "
      stream     12  2.50 s/it  0:30
      "
    `);
  });

  it('draws what is empty, done, or more than was announced', () => {
    const pass = { label: 'train', rate: undefined, elapsed: 0, left: undefined };
    const passes = [
      { ...pass, completed: 0, length: 0 },
      { ...pass, completed: 5, length: 5 },
      { ...pass, completed: 9, length: 5 },
    ];
    expect(at(60, { epochs: undefined, passes, metrics: [] })).toMatchInlineSnapshot(`
      "
      train      0/0 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%  0:00
      train      5/5 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%  0:00
      train      9/5 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%  0:00
      "
    `);
  });

  it('paints only where colours are wanted, with the same layout', () => {
    const painted = renderBars(view, { columns: 80, color: true });
    expect(painted[0]).toContain('\u001b[36m━');
    expect(painted.map(textWidth)).toEqual(renderBars(view, { columns: 80, color: false }).map(textWidth));
  });

  it('never takes more columns than there are, whatever the texts', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.nat(),
        fc.option(fc.nat(), { nil: undefined }),
        fc.boolean(),
        (columns, text, completed, length, color) => {
          const pass = { label: text, completed, length, rate: 3, elapsed: 1e5, left: 1e6 };
          const lines = renderBars({ ...view, passes: [pass], metrics: [[text, text]] }, { columns, color });
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    ));
});

describe('renderLine', () => {
  it('says the same in one line', () => {
    expect(renderLine(view)).toMatchInlineSnapshot(
      `"epoch 3/10 (23%) 1:12 eta 4:03  train 40/117 (34%) 12.3 it/s 0:03 eta 0:06  train.loss 0.5321  val.accuracy 0.9750"`,
    );
  });
});
