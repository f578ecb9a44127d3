import {
  countTensorsInEveryTest,
  EffectRecorder,
  expectNoLeak,
  expectStateful,
  testVariable,
} from '@loopwright/test-utils';
import {
  dispose,
  matMul,
  mean,
  type Scalar,
  slice,
  square,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { GradientAccumulator } from './gradient-accumulator.ts';
import { SGD } from './sgd.ts';

countTensorsInEveryTest();

const inputs = () => tensor2d([1, -2, 3, 0.5, -1, 4, 2, 2, 7, -3], [5, 2]);

describe('GradientAccumulator', () => {
  it('equals the large batch, with an unequal last micro-batch and no tensor left', () =>
    expectNoLeak(() => {
      const w = testVariable([[0.3], [-0.7]]);
      const gradientOf = (x: Tensor2D) =>
        variableGrads(() => mean(square(matMul(x, w as unknown as Tensor2D))) as Scalar).grads;
      const accumulator = new GradientAccumulator(new SGD({ w }), { steps: 3 });
      tidy(() => {
        const x = inputs();
        for (const [start, size] of [
          [0, 2],
          [2, 2],
          [4, 1],
        ] as const) {
          expect(accumulator.ready).toBe(false);
          accumulator.add(gradientOf(slice(x, [start, 0], [size, 2])), size);
        }
        expect(accumulator.ready).toBe(true);
        const expected = [...(gradientOf(x)[w.name]?.dataSync() ?? [])];
        const taken = [...(accumulator.take().w?.dataSync() ?? [])];
        // Sums of a few float32 products in another order.
        taken.forEach((value, i) => {
          expect(Math.abs(value / (expected[i] as number) - 1)).toBeLessThan(1e-6);
        });
      });
      w.dispose();
    }));

  it('borrows what is added, gives away what is taken, and holds one tensor a parameter between', async () => {
    const w = testVariable([1]);
    const accumulator = new GradientAccumulator({ w }, { steps: 2, reduction: 'sum' });
    const gradient = tensor1d([3]);
    await expectNoLeak(() => accumulator.add({ w: gradient }), 1);
    await expectNoLeak(() => accumulator.add({ w: gradient }, 2), 0);
    const taken = await expectNoLeak(() => accumulator.take(), 0);
    expect([...(taken.w?.dataSync() ?? [])]).toEqual([9]);
    expect(accumulator.ready).toBe(false);
    await expectNoLeak(() => accumulator.add({ w: gradient }), 1);
    await expectNoLeak(() => accumulator.dispose(), -1);
    dispose([gradient, taken, w]);
  });

  it('may be emptied early, and counts a missing gradient as zero', () => {
    const [w, v] = [testVariable([1]), testVariable([1])];
    const accumulator = new GradientAccumulator({ w, v }, { steps: 4 });
    tidy(() => {
      accumulator.add({ w: tensor1d([2]), v: tensor1d([6]) });
      accumulator.add({ w: tensor1d([4]) });
      const taken = accumulator.take();
      expect([...(taken.w?.dataSync() ?? [])]).toEqual([3]);
      expect([...(taken.v?.dataSync() ?? [])]).toEqual([3]);
    });
    dispose([w, v]);
  });

  it('resumes between micro-batches', async () => {
    const w = testVariable([1, 1]);
    await expectStateful({
      make: () => new GradientAccumulator({ w }, { steps: 7 }),
      makeOther: () => new GradientAccumulator({ w }, { steps: 3, reduction: 'sum' }),
      advance: (accumulator, index) =>
        tidy(() => {
          accumulator.add({ w: tensor1d([index, Math.sin(index)]) }, index + 1);
          if (accumulator.ready) accumulator.take();
        }),
      observe: (accumulator) => [accumulator.ready, accumulator.stateDict()],
      dispose: (accumulator) => accumulator.dispose(),
    });
    w.dispose();
  });

  it('refuses bad arguments and states, keeping what it has', () => {
    const w = testVariable([1]);
    const make = (options: object) => () => new GradientAccumulator({ w }, options as never);
    expect(make({ steps: 0 })).toThrow(
      '[loopwright/optimizers] GradientAccumulator: steps must be a positive integer, got 0',
    );
    expect(make({ steps: 1, reduction: 'max' })).toThrow('reduction must be one of "mean", "sum", got "max"');
    const accumulator = new GradientAccumulator({ w }, { steps: 1 });
    expect(() => accumulator.take()).toThrow('there is nothing to take: call add() first');
    tidy(() => {
      const gradient = tensor1d([1]);
      expect(() => accumulator.add({ w: gradient }, 0)).toThrow(
        'weight must be a finite number greater than 0',
      );
      expect(() => accumulator.add({ v: gradient })).toThrow(
        'gradient "v" belongs to none of the parameters ["w"]',
      );
      accumulator.add({ w: gradient });
      expect(() => accumulator.add({ w: gradient })).toThrow(
        '1 micro-batches are complete: call take() first',
      );
    });
    const kept = accumulator.stateDict();
    const bad = { ...kept, sums: { v: (kept.sums as { w: never }).w } };
    expect(() => accumulator.loadStateDict(bad)).toThrow('state.sums["v"] is of no parameter');
    expect(accumulator.stateDict()).toEqual(kept);
    accumulator.dispose();
    w.dispose();
  });

  it('steps its optimizer when enough is there, and not before', () => {
    const [w, other] = [testVariable([1, 2]), testVariable([1, 2])];
    const accumulator = new GradientAccumulator(new SGD({ w }, { learningRate: 1 }), { steps: 2 });
    const gradient = tensor1d([4, 8]);
    accumulator.step();
    accumulator.add({ w: gradient }, 3);
    accumulator.step();
    expect([...w.dataSync()]).toEqual([1, 2]);
    accumulator.add({ w: gradient }, 1);
    accumulator.step();
    expect([...w.dataSync()]).toEqual([-3, -6]);
    expect(accumulator.ready).toBe(false);
    expect([...gradient.dataSync()]).toEqual([4, 8]);
    expect(() => new GradientAccumulator({ other }, { steps: 1 }).step()).toThrow(
      '[loopwright/optimizers] GradientAccumulator: step() needs an optimizer, but this was made for variables',
    );
    dispose([w, other, gradient]);
  });

  it('adds and steps anew at each replay of a recording, in which nothing can be taken', () => {
    const w = testVariable([0]);
    const accumulator = new GradientAccumulator(new SGD({ w }, { learningRate: 1 }), {
      steps: 2,
      reduction: 'sum',
    });
    const recorder = new EffectRecorder();
    tidy(() => {
      recorder.record(() => {
        accumulator.add({ w: tensor1d([1]) });
        accumulator.step();
        expect(() => accumulator.take()).toThrow(/take\(\) cannot be compiled/);
      });
      const values = [2, 3, 4, 5].map((value) => {
        recorder.replay([tensor1d([value])]);
        return w.dataSync()[0];
      });
      expect(values).toEqual([-3, -3, -10, -10]);
    });
    accumulator.dispose();
    w.dispose();
  });
});
