import { expect, it } from 'vitest';
import { DEFAULT_STATE, readState, writeState } from './board-state.ts';
import { runColour } from './colours.ts';
import { ago, compactNumber, duration, fileSize, shortNumber } from './format.ts';
import { nearestIndex } from './nearest.ts';
import { sliderAt, weightAt } from './smoothing-scale.ts';
import { nextOrder, sortRows } from './sort-rows.ts';
import { figureRows } from './table-figures.ts';
import { tagGroups } from './tag-groups.ts';
import { textFilter } from './text-filter.ts';

it('shows numbers, times and sizes in a few characters', () => {
  expect([0.243000646, 1.0857e-6, 123456789, Number.NaN, 0].map((value) => shortNumber(value))).toEqual([
    '0.243',
    '1.086e-6',
    '1.235e8',
    'NaN',
    '0',
  ]);
  expect([500, 20_000, 1_500_000].map(compactNumber)).toEqual(['500', '20k', '1.5M']);
  expect([12.34, 245, 7620, 273_600].map(duration)).toEqual(['12.3 s', '4 min 5 s', '2 h 7 min', '3 d 4 h']);
  expect([ago(0, 3000), ago(0, 300_000)]).toEqual(['just now', '5 min ago']);
  expect([999, 38_500_000].map(fileSize)).toEqual(['999 B', '38.5 MB']);
});

it('groups metrics by the first part of their names, learning rates last', () => {
  const tags = [
    'val/loss',
    'train.loss',
    'learningRate',
    'loss',
    'optimizer/lr-group0',
    'train.accuracy',
    'color',
  ];
  expect(tagGroups(tags)).toEqual([
    { name: 'Metrics', tags: ['color', 'loss'] },
    { name: 'train', tags: ['train.accuracy', 'train.loss'] },
    { name: 'val', tags: ['val/loss'] },
    { name: 'Learning rate', tags: ['learningRate', 'optimizer/lr-group0'] },
  ]);
});

it('filters by words or by a regular expression', () => {
  expect(textFilter('seed BASE').matches('base/seed-1')).toBe(true);
  expect(textFilter('seed swa').matches('base/seed-1')).toBe(false);
  expect(textFilter('/seed-[12]$/').matches('a/seed-2')).toBe(true);
  expect(textFilter('/(/')).toMatchObject({ problem: expect.stringContaining('Invalid regular expression') });
  expect(textFilter(' ').matches('')).toBe(true);
});

it('sorts numbers before text, and what is missing last', () => {
  const keys = [3, null, 'seed-10', 1, 'seed-2', Number.NaN];
  expect(sortRows(keys, (key) => key, false)).toEqual([1, 3, 'seed-2', 'seed-10', null, Number.NaN]);
  expect(sortRows(keys, (key) => key, true)).toEqual(['seed-10', 'seed-2', 3, 1, null, Number.NaN]);
  const first = nextOrder(undefined, 'loss', true);
  expect([first.descending, nextOrder(first, 'loss', true).descending]).toEqual([true, false]);
});

it('keeps what was chosen in the address, and nothing else', () => {
  expect(writeState(DEFAULT_STATE)).toBe('');
  const state = {
    ...DEFAULT_STATE,
    tab: 'table',
    smoothing: 0.9,
    hidden: ['a', 'b'],
    log: ['x&y=#'],
    bands: true,
    runFilter: '/a|b/',
  } as const;
  expect(readState(`#${writeState(state)}`)).toEqual(state);
  expect(readState('#tab=evil&smoothing=7&hidden={"a":1}&log=[1]&axis=<b>')).toEqual(DEFAULT_STATE);
});

it('smooths more with each step of the slider', () => {
  expect([0, 50, 100].map(weightAt)).toEqual([0, 0.9684, 0.999]);
  expect([0, 0.9684, 0.999].map(sliderAt)).toEqual([0, 50, 100]);
});

it('finds the nearest point', () => {
  expect([-5, 1.4, 1.6, 9].map((target) => nearestIndex([0, 1, 2], target))).toEqual([0, 1, 2, 2]);
  expect(nearestIndex([], 1)).toBe(-1);
});

it('summarizes the runs of a group', () => {
  const figures = (last: number | 'NaN') => ({ last, min: 0, max: 9 });
  const answer = {
    settings: ['lr', 'seed'],
    metrics: ['loss'],
    omitted: 0,
    rows: [
      { run: 'a', settings: [0.1, 1], metrics: [figures(1)] },
      { run: 'b', settings: [0.1, 2], metrics: [figures(3)] },
      { run: 'c', settings: [0.2, 1], metrics: [null] },
    ],
  };
  const groups = new Map([
    ['seed-*', ['a', 'b']],
    ['c', ['c']],
  ]);
  expect(figureRows(answer, groups, 'last')).toEqual([
    {
      name: 'seed-*',
      runs: ['a', 'b'],
      settings: [0.1, 'differs'],
      metrics: [{ mean: 2, std: Math.SQRT2, n: 2 }],
    },
    { name: 'c', runs: ['c'], settings: [0.2, 1], metrics: [undefined] },
  ]);
});

it('gives a hundred runs colours of their own', () => {
  for (const theme of ['light', 'dark'] as const) {
    expect(new Set(Array.from({ length: 100 }, (_, order) => runColour(order, theme))).size).toBe(100);
  }
});
