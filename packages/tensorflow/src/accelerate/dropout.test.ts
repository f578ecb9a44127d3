import { compile, tf } from '@loopwright/tensorflow';
import { expectNoLeak } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';
import { accelerate } from './accelerate.ts';
import { random } from './random.ts';

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const train = (layer: tf.layers.Layer, x: tf.Tensor) =>
  tf.tidy(() => values(layer.apply(x, { training: true }) as tf.Tensor));

describe('tf.dropout', () => {
  it.each([0.1, 0.5, 0.9])('keeps its share of the values at rate %d, and scales them', (rate) =>
    expectNoLeak(() => {
      random.seed(1);
      const x = tf.fill([200, 200], 3);
      const dropped = tf.dropout(x, rate);
      const list = values(dropped);
      const kept = list.filter((value) => value !== 0);
      // Five standard deviations of a binomial distribution.
      expect(Math.abs(kept.length / list.length - (1 - rate))).toBeLessThan(
        5 * Math.sqrt((rate * (1 - rate)) / 40_000),
      );
      for (const value of kept) expect(value).toBeCloseTo(3 / (1 - rate), 4);
      tf.dispose([x, dropped]);
    }),
  );

  it('passes the gradient through what it kept', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        random.seed(4);
        const x = tf.ones([50]);
        let y: number[] = [];
        const slope = tf.grad((x: tf.Tensor) => {
          const dropped = tf.dropout(x, 0.3);
          y = values(dropped);
          return tf.sum(dropped);
        })(x);
        expect(values(slope)).toEqual(y);
      }),
    ));

  it('drops along a noise shape', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        random.seed(4);
        const y = tf.dropout(tf.ones([2, 30]), 0.5, [1, 30]);
        const [first, second] = y.arraySync() as number[][] as [number[], number[]];
        expect(first).toEqual(second);
        expect(new Set(first)).toEqual(new Set([0, 2]));
      }),
    ));

  it('drops in a compiled function what it drops in eager use, other values at each call', () =>
    expectNoLeak(() => {
      const x = tf.ones([40]);
      const drop = (x: tf.Tensor) => tf.dropout(x, 0.5);
      const compiled = compile(drop);
      const sequence = (f: typeof drop) => {
        random.seed(3);
        return Array.from({ length: 4 }, () => tf.tidy(() => values(f(x)).join()));
      };
      const masks = sequence(compiled);
      expect(new Set(masks).size).toBe(4);
      expect(masks).toEqual(sequence(drop));
      compiled.dispose();
      x.dispose();
    }));

  it('leaves everything at rate 0, and refuses other rates as TensorFlow.js does', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        expect(values(tf.dropout(tf.ones([3]), 0))).toEqual([1, 1, 1]);
        expect(() => tf.dropout(tf.ones([3]), 1)).toThrow('rate must be');
        expect(() => tf.dropout(tf.ones([3]), -0.1)).toThrow('rate must be');
        expect(() => tf.dropout(tf.tensor1d([1], 'int32'), 0.5)).toThrow('floating point');
      }),
    ));
});

describe('layers that drop', () => {
  const x = tf.ones([1, 64]);

  it('with a seed differ from step to step, and begin anew with random.seed (trap)', () =>
    expectNoLeak(() => {
      const layer = tf.layers.dropout({ rate: 0.5, seed: 3 });
      random.seed(0);
      const [first, second] = [train(layer, x), train(layer, x)];
      expect(first).not.toEqual(second);
      random.seed(99);
      expect([train(layer, x), train(layer, x)]).toEqual([first, second]);
      expect(train(tf.layers.dropout({ rate: 0.5, seed: 4 }), x)).not.toEqual(first);
    }));

  it('go on with the masks that they would have had after a resume', () => {
    const layers = [tf.layers.dropout({ rate: 0.5, seed: 3 }), tf.layers.dropout({ rate: 0.5 })];
    const step = () => layers.map((layer) => train(layer, x));
    step();
    const state = structuredClone(random.stateDict());
    const expected = [step(), step()];
    random.seed(1);
    step();
    random.loadStateDict(state);
    expect([step(), step()]).toEqual(expected);
  });

  it('drop whole channels, multiply and add noise', () => {
    const ones = tf.ones([2, 500, 4]);
    const run = (layer: tf.layers.Layer) => train(layer, ones);
    const spatial = run(tf.layers.spatialDropout1d({ rate: 0.5, seed: 2 }));
    expect(spatial.slice(4, 2000)).toEqual(spatial.slice(0, 1996));
    const multiplied = run(tf.layers.gaussianDropout({ rate: 0.5 }));
    const added = run(tf.layers.gaussianNoise({ stddev: 1 }));
    for (const list of [multiplied, added]) {
      const center = list.reduce((sum, value) => sum + value, 0) / list.length;
      const spread = Math.sqrt(list.reduce((sum, value) => sum + (value - center) ** 2, 0) / list.length);
      expect(center).toBeCloseTo(1, 1);
      expect(spread).toBeCloseTo(1, 1);
    }
    ones.dispose();
  });

  it('do nothing outside of training', () => {
    const layer = tf.layers.dropout({ rate: 0.5, seed: 3 });
    const y = tf.tidy(() => values(layer.apply(x, { training: false }) as tf.Tensor));
    expect(y).toEqual(values(x));
  });

  it('repeat their masks again when acceleration is off, as TensorFlow.js has it', () => {
    const restore = accelerate({ enabled: false });
    const layer = tf.layers.dropout({ rate: 0.5, seed: 3 });
    expect(train(layer, x)).toEqual(train(layer, x));
    restore();
  });
});
