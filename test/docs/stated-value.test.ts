import { describe, expect, it } from 'vitest';
import { agrees, isValue } from './stated-value.ts';

describe('isValue', () => {
  it.each([
    '3',
    '-1e-5',
    '0.85…',
    'true',
    "'BF16'",
    '[0, 2, 5]',
    "['a', 'b', …]",
    '{ epoch: 1, loss: 0.5 }',
    '[]',
  ])('%s is one', (comment) => expect(isValue(comment)).toBe(true));

  it.each(['mean over the batch', '4 views', '1, 2', '{ epoch, loss }', '', '…', '[1, 2'])(
    '%s is none',
    (comment) => expect(isValue(comment)).toBe(false),
  );
});

describe('agrees', () => {
  it.each([
    [3, '3'],
    [Math.fround(0.1), '0.1'],
    [1 / 3, '0.33…'],
    [-1 / 3, '-0.33…'],
    [Float32Array.of(1, 0.5), '[1, 0.5]'],
    [{ arraySync: () => [1] }, '[1]'],
    [['a', 'b', 'c'], "['a', 'b', …]"],
    [{ epoch: 1, val: { loss: 0.5 } }, '{ epoch: 1, val: { loss: 0.5 } }'],
    [Number.NaN, 'NaN'],
    [[Number.NaN], '[NaN]'],
    [undefined, 'undefined'],
    [true, 'true'],
    ['it', "'it'"],
    ['["max", 3]', '\'["max", 3]\''],
    [[], '[]'],
  ])('%j with %s', (value, comment) => expect(agrees(value, comment)).toBe(true));

  it.each([
    [3, '4'],
    [0.34, '0.33…'],
    [0.329, '0.33…'],
    [0.101, '0.1'],
    [16777216, '16777217'],
    [[1, 2], '[1]'],
    [[1], '[1, 2]'],
    [['a'], "['b', …]"],
    [{ a: 1 }, '{ b: 1 }'],
    [undefined, '0'],
    [[[1]], '[1]'],
  ])('%j not with %s', (value, comment) => expect(agrees(value, comment)).toBe(false));
});
