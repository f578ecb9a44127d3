import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';
import { exchange, holdsAverages } from './exchange.ts';

describe('exchange', () => {
  it('moves values without copying them, and undoes itself', () =>
    expectNoLeak(() => {
      const [model, averages] = [{ w: testVariable([1, 2]) }, { w: testVariable([3, 4], false) }];
      const memoryOf = () => [model.w.dataId, averages.w.dataId];
      const [first, second] = memoryOf();
      exchange(model, averages);
      expect(memoryOf()).toEqual([second, first]);
      expect(holdsAverages(model)).toBe(true);
      exchange(model, averages);
      expect(memoryOf()).toEqual([first, second]);
      expect(holdsAverages(model)).toBe(false);
      for (const held of [model.w, averages.w]) held.dispose();
    }));
});
