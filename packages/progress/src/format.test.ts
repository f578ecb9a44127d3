import { describe, expect, it } from 'vitest';
import { formatMetric, formatRate, formatSeconds } from './format.ts';

describe('format', () => {
  it('shows times by their size', () => {
    expect([0, 7.4, 59.6, 725, 3723, -1].map(formatSeconds)).toEqual([
      '0:00',
      '0:07',
      '1:00',
      '12:05',
      '1:02:03',
      '0:00',
    ]);
  });

  it('turns a slow rate over', () => {
    expect([12.34, 1234.5, 1, 0.5, 0.003].map(formatRate)).toEqual([
      '12.3 it/s',
      '1235 it/s',
      '1.00 it/s',
      '2.00 s/it',
      '333 s/it',
    ]);
  });

  it('shows metrics with four digits', () => {
    const values = [
      0.123456,
      12.3456,
      999.97,
      9999.9,
      12345.678,
      1e-5,
      1234567.8,
      3,
      Number.NaN,
      -0.5,
      'best',
      true,
    ];
    expect(values.map(formatMetric)).toEqual([
      '0.1235',
      '12.35',
      '1000',
      '10000',
      '12346',
      '1.000e-5',
      '1.235e+6',
      '3',
      'NaN',
      '-0.5000',
      'best',
      'true',
    ]);
  });
});
