import type { CurveSeries, CurvesPanel } from '@loopwright/plot';
import type { RangePoint } from './loss-curve.ts';
import { type SuggestionMethod, suggestLr } from './suggest-lr.ts';

/**
 * The losses of a range test over the logarithm of the rate, with the suggestions as vertical lines: a panel for
 * `plotCurves` of `@loopwright/plot`, to draw it beside others. `plot` of the test draws it alone.
 *
 * @param history as `rangeTest` returns it, or as it was kept in a file
 * @returns plain data
 * @throws LoopwrightError if the history is not one
 * @example
 * const lrs = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];
 * const history = lrs.map((lr, step) => ({ step, lr, loss: 2 - step / 3, smoothed: 2 - step / 3 }));
 * rangePanel(history).title; // 'Learning-rate range test'
 */
export function rangePanel(history: readonly RangePoint[]): CurvesPanel {
  const x = history.map(({ lr }) => Math.log10(lr));
  const smoothed = history.map((point) => point.smoothed);
  const finite = smoothed.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  // Single losses at too high rates would press all others into a line.
  const losses = (values: readonly number[]) => values.map((loss) => (loss <= high ? loss : Number.NaN));
  const validated = history.some(({ validationLoss }) => validationLoss !== undefined);
  const marks = (['valley', 'steepest', 'minimum'] as const).flatMap((method) =>
    mark(history, method, low, high),
  );
  return {
    title: 'Learning-rate range test',
    xLabel: 'log10 of the learning rate',
    yLabel: 'loss',
    series: [
      { name: 'smoothed', x, y: smoothed },
      { name: 'training', x, y: losses(history.map(({ loss }) => loss)), style: { width: 1 } },
      ...(validated
        ? [
            {
              name: 'validation',
              x,
              y: losses(history.map(({ validationLoss = Number.NaN }) => validationLoss)),
            },
          ]
        : []),
      ...marks,
    ],
  };
}

function mark(
  history: readonly RangePoint[],
  method: SuggestionMethod,
  low: number,
  high: number,
): readonly CurveSeries[] {
  const { lr } = suggestLr(history, method);
  if (lr === undefined) return [];
  const at = Math.log10(lr);
  return [
    {
      name: `${method} ${lr.toPrecision(2)}`,
      x: [at, at],
      y: [low, high],
      style: { line: 'dashed', width: 1 },
    },
  ];
}
