import { checker, show } from '@loopwright/core';
import { summarize } from './summarize.ts';

/** Options of {@link valuesPanel}. */
export interface ValuesPanelOptions {
  readonly title?: string;
  /** What the values are. */
  readonly yLabel?: string;
}

/** A panel for `plotCurves` of `@loopwright/plot`, as plain data. */
export interface ValuesPanel {
  readonly title?: string;
  readonly xLabel: string;
  readonly yLabel?: string;
  readonly series: readonly {
    readonly name: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly band: { readonly low: readonly number[]; readonly high: readonly number[] };
  }[];
}

/** Half of the width that a recipe's mean, and its values, take; recipes are 1 apart. */
const MEAN_REACH = 0.35;
const VALUES_REACH = 0.2;

const check = checker('study', 'valuesPanel');

/**
 * A panel that shows recipes side by side: a dot for each value, their mean as a line, and its 95% confidence interval as an
 * area. This package does not depend on `@loopwright/plot`; give the panel to its `plotCurves`, beside others or alone.
 *
 * @param recipes values by the recipe's name, at least one each; one value has no interval
 * @throws LoopwrightError if there are no recipes, or values cannot be summarized
 * @example
 * const panel = valuesPanel({ base: [0.91, 0.92, 0.9], SWA: [0.93, 0.94, 0.92] }, { yLabel: 'accuracy' });
 * panel.series.map(({ name }) => name); // ['base', 'SWA']
 */
export function valuesPanel(
  recipes: Readonly<Record<string, readonly number[]>>,
  options: ValuesPanelOptions = {},
): ValuesPanel {
  const { title, yLabel } = check.options(options, ['title', 'yLabel']);
  const entries = typeof recipes === 'object' && recipes !== null ? Object.entries(recipes) : [];
  if (entries.length === 0)
    check.fail(`recipes must be a record of at least one recipe, got ${show(recipes)}`);
  return {
    xLabel: 'recipe',
    ...(title !== undefined && { title }),
    ...(yLabel !== undefined && { yLabel }),
    series: entries.map(([name, values], index) => column(name, values, index + 1)),
  };
}

/** The line of the mean from left to right, then the values, with a gap before each. */
function column(name: string, values: readonly number[], center: number): ValuesPanel['series'][number] {
  const { n, mean, ci95 } = summarize(values);
  const gap = Number.NaN;
  const place = (index: number) => center + (n === 1 ? 0 : VALUES_REACH * ((2 * index) / (n - 1) - 1));
  const noBand = values.flatMap(() => [gap, gap]);
  return {
    name,
    x: [center - MEAN_REACH, center + MEAN_REACH, ...values.flatMap((_, index) => [gap, place(index)])],
    y: [mean, mean, ...values.flatMap((value) => [gap, value])],
    band: { low: [ci95[0], ci95[0], ...noBand], high: [ci95[1], ci95[1], ...noBand] },
  };
}
