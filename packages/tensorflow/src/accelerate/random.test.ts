import { compile, tf } from '@loopwright/tensorflow';
import { expectNoLeak, expectStateful } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';
import { accelerate } from './accelerate.ts';
import { RandomSource, random } from './random.ts';

const values = (tensor: tf.Tensor) => {
  const list = [...tensor.dataSync()];
  tensor.dispose();
  return list;
};
const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
const deviation = (list: readonly number[]) => {
  const center = mean(list);
  return Math.sqrt(mean(list.map((value) => (value - center) ** 2)));
};

describe('random', () => {
  it('keeps the contract of a state', () =>
    expectStateful({
      make: () => {
        const source = new RandomSource();
        source.seed(1);
        return source;
      },
      makeOther: () => new RandomSource(),
      advance: (source, index) => {
        source.opSeed(index % 3 === 0 ? undefined : index % 3).dispose();
      },
      observe: (source) => source.stateDict(),
    }));

  it('differs from op to op, from seed to seed, and from source to source without one', () => {
    const draw = (source: RandomSource) => values(source.opSeed()).join();
    const [first, second] = [new RandomSource(), new RandomSource()];
    expect(new Set([draw(first), draw(first), draw(second), draw(second)]).size).toBe(4);
    first.seed(7);
    second.seed(8);
    expect(draw(first)).not.toBe(draw(second));
    second.seed(7);
    first.seed(7);
    expect([draw(first), draw(first)]).toEqual([draw(second), draw(second)]);
  });

  it('refuses a seed that is no integer, and a state that is broken, and changes nothing', () => {
    const source = new RandomSource();
    const before = source.stateDict();
    expect(() => source.seed(0.5)).toThrow(
      '[loopwright/tensorflow] random: seed must be an integer, got 0.5',
    );
    expect(() => source.loadStateDict({ ...before, main: 3 })).toThrow('state.main must be a record');
    expect(() => source.loadStateDict({ ...before, layers: { 1: { version: 1, words: [1] } } })).toThrow();
    expect(source.stateDict()).toEqual(before);
  });
});

describe('random tensors', () => {
  const size = 40_000;
  it.each([
    ['randomUniform', () => tf.randomUniform([size]), 0.5, 1 / Math.sqrt(12), 0, 1],
    ['randomUniform of a range', () => tf.randomUniform([size], -2, 4), 1, 6 / Math.sqrt(12), -2, 4],
    ['randomNormal', () => tf.randomNormal([size]), 0, 1, -6, 6],
    ['randomNormal of given moments', () => tf.randomNormal([size], 3, 2), 3, 2, -9, 15],
    // The deviation of a normal distribution cut at two deviations is 0.8796 of its own.
    ['truncatedNormal', () => tf.truncatedNormal([size], 1, 2), 1, 2 * 0.8796, -3, 5],
    ['randomStandardNormal', () => tf.randomStandardNormal([size]), 0, 1, -6, 6],
    ['integers', () => tf.randomUniform([size], -3, 4, 'int32'), 0, 2, -3, 3],
    ['randomUniformInt', () => tf.randomUniformInt([size], -3, 4), 0, 2, -3, 3],
  ])('%s has its distribution', async (_, draw, center, spread, low, high) => {
    random.seed(2);
    const list = await expectNoLeak(() => values(draw()));
    // Five standard errors of a mean of 40,000 values; the deviation's is smaller.
    expect(Math.abs(mean(list) - center)).toBeLessThan((5 * spread) / 200);
    expect(Math.abs(deviation(list) - spread)).toBeLessThan((5 * spread) / 200);
    expect(list.every((value) => value >= low && value <= high)).toBe(true);
  });

  it('repeat after random.seed, and differ otherwise', () => {
    const draw = () => [
      ...values(tf.randomUniform([3])),
      ...values(tf.randomNormal([3])),
      ...values(tf.truncatedNormal([3])),
      ...values(tf.randomStandardNormal([3])),
      ...values(tf.randomUniformInt([3], 0, 1000)),
      ...values(tf.multinomial(tf.zeros([20]) as tf.Tensor1D, 8)),
    ];
    random.seed(5);
    const [first, second] = [draw(), draw()];
    random.seed(5);
    expect([draw(), draw()]).toEqual([first, second]);
    expect(first).not.toEqual(second);
  });

  it.each([
    ['randomUniform', () => tf.randomUniform([4], 0, 1, 'float32', 3)],
    ['randomUniform of seed 0', () => tf.randomUniform([4], 0, 1, 'float32', 0)],
    ['randomNormal', () => tf.randomNormal([4], 0, 1, 'float32', 3)],
    ['truncatedNormal', () => tf.truncatedNormal([4], 0, 1, 'float32', 3)],
    ['dropout', () => tf.dropout(tf.ones([8]), 0.5, undefined, 3)],
    ['a seeded initializer', () => tf.initializers.glorotUniform({ seed: 3 }).apply([2, 2])],
  ])('of a seed of their own are those of TensorFlow.js: %s', (_, draw) => {
    const first = values(draw());
    expect(values(draw())).toEqual(first);
    const restore = accelerate({ enabled: false });
    expect(values(draw())).toEqual(first);
    restore();
  });

  it.each([
    ['randomUniform', () => tf.randomUniform([9])],
    ['randomUniform of fractional bounds', () => tf.randomUniform([9], 0.5, 1000.5, 'int32')],
    ['randomUniform of flags', () => tf.randomUniform([60], 0, 2, 'bool')],
    ['randomUniformInt', () => tf.randomUniformInt([9], 0, 1000)],
    ['randomNormal', () => tf.randomNormal([9])],
    ['randomNormal of integers', () => tf.randomNormal([9], 0, 1000, 'int32')],
    ['randomStandardNormal', () => tf.randomStandardNormal([9])],
    ['truncatedNormal', () => tf.truncatedNormal([9])],
    ['randomGamma', () => tf.randomGamma([9], 2)],
  ])('differ from call to call of a compiled function: %s', (_, draw) =>
    expectNoLeak(() => {
      const compiled = compile(draw);
      const drawn = [1, 2, 3, 4].map(() => values(compiled()).join());
      expect(new Set(drawn).size).toBe(4);
      expect(compiled.traces).toBe(1);
      compiled.dispose();
    }),
  );

  it('of types and bounds that are not native fall back', () => {
    expect(values(tf.randomUniform([3], 0.5, 2.5, 'int32')).every(Number.isInteger)).toBe(true);
    expect(values(tf.randomNormal([3], 0, 9, 'int32')).every(Number.isInteger)).toBe(true);
    expect(tf.tidy(() => tf.randomUniform([3], 0, 2, 'bool').dtype)).toBe('bool');
    expect(tf.tidy(() => tf.randomUniform([0, 2]).shape)).toEqual([0, 2]);
    expect(() => tf.randomUniform([-1])).toThrow();
  });

  it('initialize the layers of a model alike after random.seed', () => {
    const weights = () => {
      random.seed(11);
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] });
      const list = model.getWeights().map((weight) => [...weight.dataSync()]);
      model.dispose();
      return list;
    };
    expect(weights()).toEqual(weights());
  });
});
