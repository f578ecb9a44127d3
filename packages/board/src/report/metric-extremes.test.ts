import { describe, expect, it } from 'vitest';
import { Series } from '../runs/series.ts';
import { bestExtreme, metricExtremes } from './metric-extremes.ts';
import { spreadText } from './spread-text.ts';

function extremesOf(...values: number[]) {
  const series = new Series(false);
  for (const [index, value] of values.entries()) series.append(10 * index, value, Number.NaN);
  return metricExtremes({ series, unit: 'step', epochs: undefined });
}

describe('metricExtremes', () => {
  it('tells the last, and the first of the smallest and largest', () => {
    expect(extremesOf(3, 1, 5, 1, 5, 2)).toEqual({
      last: { value: 2, position: 50 },
      smallest: { value: 1, position: 10 },
      largest: { value: 5, position: 20 },
    });
  });

  it('passes over what is not finite, but tells it where it is the last', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    expect(extremesOf(infinity, 2, nan)).toMatchObject({ last: { value: nan }, largest: { value: 2 } });
    expect(extremesOf(nan)).toMatchObject({ smallest: undefined, largest: undefined });
    expect(extremesOf()).toBeUndefined();
  });

  it('knows the better end by the name, where it tells', () => {
    expect(['train.loss', 'top5_err', 'ValLoss'].map(bestExtreme)).toEqual([
      'smallest',
      'smallest',
      'smallest',
    ]);
    expect(['val.accuracy', 'val_acc', 'AUROC'].map(bestExtreme)).toEqual(['largest', 'largest', 'largest']);
    expect(['gradient.norm', 'throughput'].map(bestExtreme)).toEqual([undefined, undefined]);
  });
});

describe('spreadText', () => {
  it.each([
    [0.92, 0.00721, '0.9200 ± 0.0072'],
    [95.591, 0.18, '95.59 ± 0.18'],
    [1234.5, 23.4, '1235 ± 23'],
    [0.5, 0, '0.5'],
    [0.5, Number.NaN, '0.5'],
    [3e-12, 2e-13, '3e-12 ± 2e-13'],
  ])('%d and %d: %s', (mean, std, text) => expect(spreadText(mean, std)).toBe(text));
});
