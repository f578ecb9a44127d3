import { readFileSync } from 'node:fs';
import { largestTriangles } from '@loopwright/plot';
import { describe, expect, it } from 'vitest';

interface Golden {
  readonly library: string;
  readonly version: string;
  readonly cases: { kind: keyof typeof curves; length: number; count: number; kept: number[] }[];
}

const curves = {
  decay: (i: number, length: number) => [i, 2.3 * Math.exp(-i / (length / 5)) + 0.1 * Math.sin(7 * i)],
  uneven: (i: number) => [i ** 1.5, Math.sin(i / 9) * Math.cos(i * 1.7)],
  spikes: (i: number) => [i, (i % 97 === 13 ? 10 : 0) + 0.01 * Math.sin(i)],
} as const;

const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));

// Positions are integers, so they are compared exactly; ties would depend on rounding, and these curves have none.
describe(`largestTriangles keeps the points that ${golden.library} ${golden.version} keeps`, () => {
  it.each(golden.cases)('$kind: $count of $length', ({ kind, length, count, kept }) => {
    const points = Array.from({ length }, (_, index) => curves[kind](index, length) as [number, number]);
    const x = points.map((point) => point[0]);
    const y = points.map((point) => point[1]);
    expect(largestTriangles(x, y, count)).toEqual(kept);
  });
});
