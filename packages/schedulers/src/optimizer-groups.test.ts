import { AdamW, Lookahead, type Optimizer, SGD } from '@loopwright/optimizers';
import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import { dispose, tensor1d, type Variable } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ExponentialLR, OneCycleLR } from './index.ts';

const make = (optimizer: unknown) => new ExponentialLR(optimizer as never, { gamma: 0.9 });

describe('what schedulers drive', () => {
  it('must be an optimizer with parameter groups that have a rate', () => {
    const prefix = '[loopwright/schedulers] ExponentialLR: optimizer';
    const wanted = `${prefix} must have paramGroups or be one of TensorFlow.js's`;
    expect(() => make(undefined)).toThrow(`${wanted}, got undefined`);
    expect(() => make({ learningRate: 0.1 })).toThrow(`${wanted}, got { learningRate }`);
    expect(() => make({ paramGroups: [] })).toThrow(
      `${prefix} must have at least one parameter group, got none`,
    );
    expect(() => make({ paramGroups: [{ learningRate: '0.1' }] })).toThrow(
      `${prefix}.paramGroups[0].learningRate must be a finite number, got "0.1"`,
    );
  });

  it('must keep its number of groups', () => {
    const optimizer = { paramGroups: [{ learningRate: 0.1 }] };
    const scheduler = make(optimizer);
    optimizer.paramGroups.push({ learningRate: 0.2 });
    expect(() => scheduler.step()).toThrow('optimizer has 2 parameter groups, it had 1');
    expect(optimizer.paramGroups).toEqual([{ learningRate: 0.1 }, { learningRate: 0.2 }]);
  });

  it('may have its rates changed by hand: schedulers that scale go on from there', () => {
    const optimizer = { paramGroups: [{ learningRate: 0.1 }] };
    const scheduler = make(optimizer);
    optimizer.paramGroups[0] = { learningRate: 1 };
    scheduler.step();
    expect(scheduler.getLastLr()).toEqual([0.9]);
  });
});

describe('the optimizers of Loopwright', () => {
  const makers: Readonly<Record<string, (weight: Variable) => Optimizer>> = {
    SGD: (weight) => new SGD({ weight }, { learningRate: 0.1, momentum: 0.9 }),
    AdamW: (weight) => new AdamW({ weight }, { learningRate: 0.1 }),
    Lookahead: (weight) => new Lookahead({ weight }, { learningRate: 0.1, momentum: 0.9 }),
  };

  /** A run of 8 steps, interrupted or not after the first 4. */
  function run(make: (weight: Variable) => Optimizer, loadFirst?: 'optimizer' | 'scheduler'): number[] {
    const weight = testVariable([1]);
    const start = () => {
      const optimizer = make(weight);
      return { optimizer, scheduler: new OneCycleLR(optimizer, { maxLr: 0.3, totalSteps: 8 }) };
    };
    let parts = start();
    const moves: number[] = [];
    for (let step = 0; step < 8; step++) {
      if (step === 4 && loadFirst !== undefined) {
        const saved = { optimizer: parts.optimizer.stateDict(), scheduler: parts.scheduler.stateDict() };
        parts.optimizer.dispose();
        parts = start();
        const loadSecond = loadFirst === 'optimizer' ? 'scheduler' : 'optimizer';
        for (const part of [loadFirst, loadSecond] as const) parts[part].loadStateDict(saved[part]);
      }
      const gradient = tensor1d([1 + Math.cos(step)]);
      parts.optimizer.step({ weight: gradient });
      gradient.dispose();
      parts.scheduler.step();
      moves.push(weight.dataSync()[0] as number);
    }
    parts.optimizer.dispose();
    dispose(weight);
    return moves;
  }

  it.each(Object.entries(makers))(
    '%s: a run goes on exactly, whichever state is loaded first',
    async (_, make) => {
      await expectNoLeak(() => {
        const whole = run(make);
        expect(new Set(whole).size).toBe(8);
        expect(run(make, 'optimizer')).toEqual(whole);
        expect(run(make, 'scheduler')).toEqual(whole);
      });
    },
  );
});
