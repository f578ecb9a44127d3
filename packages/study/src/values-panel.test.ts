import { renderCurves } from '@loopwright/plot';
import { describe, expect, it } from 'vitest';
import { summarize, valuesPanel } from './index.ts';

describe('valuesPanel', () => {
  const recipes = { base: [91, 92, 93], SWA: [94] };

  it('holds the mean with its interval, then each value by itself', () => {
    const { series } = valuesPanel(recipes);
    const [base, swa] = series;
    const { ci95 } = summarize(recipes.base);
    const nan = Number.NaN;
    expect(base!.y).toEqual([92, 92, nan, 91, nan, 92, nan, 93]);
    expect(base!.x).toEqual([0.65, 1.35, nan, 0.8, nan, 1, nan, 1.2]);
    expect(base!.band.low).toEqual([ci95[0], ci95[0], nan, nan, nan, nan, nan, nan]);
    expect(base!.band.high.slice(0, 2)).toEqual([ci95[1], ci95[1]]);
    expect(swa).toMatchObject({ name: 'SWA', y: [94, 94, nan, 94] });
    expect(swa!.x.at(-1)).toBe(2);
  });

  it('can be drawn', () => {
    const svg = renderCurves({ panels: [valuesPanel(recipes, { title: 'Accuracy', yLabel: '%' })] });
    for (const text of ['base', 'SWA', 'Accuracy', '%', 'recipe']) expect(svg).toContain(text);
  });

  it.each<[() => unknown, string]>([
    [() => valuesPanel({}), 'valuesPanel: recipes must be a record of at least one recipe, got {  }'],
    [() => valuesPanel(undefined as never), 'valuesPanel: recipes must be a record of at least one recipe'],
    [() => valuesPanel({ a: [] }), 'summarize: values must be a list of at least one number, got []'],
    [() => valuesPanel({ a: [1] }, { label: 'x' } as never), 'valuesPanel: unknown option "label"'],
  ])('refuses %s', (call, message) => {
    expect(call).toThrow(`[loopwright/study] ${message}`);
  });
});
