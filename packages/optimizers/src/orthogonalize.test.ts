import { countTensorsInEveryTest } from '@loopwright/test-utils';
import { dispose, type Rank, tensor2d, transpose, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { orthogonalize } from './orthogonalize.ts';

countTensorsInEveryTest();

/** What an iteration makes of a singular value. */
const quintic = (s: number) => 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;

describe('orthogonalize', () => {
  it('maps each singular value by the quintic, as often as told', () => {
    const values = [3, -1, 0.02];
    const norm = Math.hypot(...values);
    for (const steps of [1, 5]) {
      const matrix = tensor2d([
        [values[0] as number, 0, 0, 0],
        [0, 0, 0, values[1] as number],
        [0, values[2] as number, 0, 0],
      ]);
      const [tall, across] = [transpose(matrix), orthogonalize(matrix, { steps })];
      const upright = orthogonalize(tall as typeof matrix, { steps });
      const result = across.arraySync();
      const expected = values.map((value) => {
        let mapped = value / norm;
        for (let step = 0; step < steps; step++) mapped = quintic(mapped);
        return mapped;
      });
      const found = [result[0]?.[0], result[1]?.[3], result[2]?.[1]];
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
      const elsewhere = result.flat().filter((value) => !found.includes(value));
      expect(elsewhere.every((value) => Math.abs(value) < 1e-6)).toBe(true);
      const back = transpose(upright);
      const turned = back.arraySync() as number[][];
      for (const [i, row] of turned.entries()) {
        for (const [j, value] of row.entries()) expect(value).toBeCloseTo(result[i]?.[j] as number, 5);
      }
      dispose([matrix, tall, across, upright, back]);
    }
  });

  it('brings singular values from 0.002 of the norm on to between 0.68 and 1.21', () => {
    for (let share = 0.002; share < 1; share *= 1.01) {
      let mapped = share;
      for (let step = 0; step < 5; step++) mapped = quintic(mapped);
      expect(mapped).toBeGreaterThan(0.68);
      expect(mapped).toBeLessThan(1.21);
    }
  });

  it('leaves zeros zeros', () => {
    const none = zeros<Rank.R2>([2, 3]);
    const result = orthogonalize(none);
    expect([...result.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    dispose([none, result]);
  });

  it('refuses bad input by name', () => {
    const [matrix, cube] = [zeros([2, 3]) as never, zeros([2, 3, 4]) as never];
    const fails = '[loopwright/optimizers] orthogonalize:';
    expect(() => orthogonalize(matrix, { steps: 0 })).toThrow(
      `${fails} steps must be a positive integer, got 0`,
    );
    expect(() => orthogonalize(matrix, { epsilon: -1 })).toThrow(
      `${fails} epsilon must be a finite number at least 0`,
    );
    expect(() => orthogonalize(cube)).toThrow(
      `${fails} matrix must be a float32 tensor of shape [rows, columns]`,
    );
    dispose([matrix, cube]);
  });
});
