import type { CurveSeries, CurvesPanel } from '@loopwright/plot';
import type { RangePoint } from './loss-curve.ts';
import { type SuggestionMethod, suggestLr } from './suggest-lr.ts';

/** The losses of a range test over the logarithm of the rate, with the suggestions as vertical lines. */
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
