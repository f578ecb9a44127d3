import { describe, expect, it } from 'vitest';
import { compareVersions, isRelease, satisfies, TENSORFLOW_RANGE } from './tensorflow-versions.ts';

describe('compareVersions', () => {
  it('orders by number, not by letter, and takes missing parts for zero', () => {
    const versions = ['2.9.1', '2.21.0', '2.18', '2.18.1', '2.15.0.post1', '2.15.0'];
    expect(versions.sort(compareVersions)).toEqual([
      '2.9.1',
      '2.15.0',
      '2.15.0.post1',
      '2.18',
      '2.18.1',
      '2.21.0',
    ]);
    expect(compareVersions('2.18', '2.18.0')).toBe(0);
  });
});

describe('satisfies', () => {
  it.each([
    ['2.18.0', TENSORFLOW_RANGE, true],
    ['2.21.3', TENSORFLOW_RANGE, true],
    ['2.22.0', TENSORFLOW_RANGE, false],
    ['2.17.1', TENSORFLOW_RANGE, false],
    ['2.21.0rc1', TENSORFLOW_RANGE, false],
    ['2.21.0', '==2.21.0', true],
    ['12.6.4.1', '<13.0,>=12.5.3.2', true],
    ['12.5.3.1', '<13.0,>=12.5.3.2', false],
    ['2.0', '!=2.0', false],
    ['2.0', '>1.9,<=2.0', true],
    ['2.0', '~=2.0', false],
    ['2.0', '', true],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(satisfies(version, range)).toBe(expected);
  });
});

it('knows a final release', () => {
  expect(['2.21.0', '2.15.0.post1'].every(isRelease)).toBe(true);
  expect(['latest', '2.21.0rc0', '>=2', '2.x', ''].some(isRelease)).toBe(false);
});
