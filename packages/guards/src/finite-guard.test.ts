import { namedVariables } from '@loopwright/core';
import { readVariables } from '@loopwright/core/tensors';
import {
  AdamW,
  clipGradNorm,
  GradientAccumulator,
  JointOptimizer,
  Lookahead,
  SGD,
} from '@loopwright/optimizers';
import {
  countTensorsInEveryTest,
  EffectRecorder,
  expectOptimizer,
  type OptimizerContract,
  tinyBatch,
  tinyClassifier,
} from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { FiniteGuard, type NotFinite } from './finite-guard.ts';
import { firstNotFinite } from './first-not-finite.ts';

/** The guard as an optimizer, with what it takes over; a new way is one row. */
const registry: Record<string, OptimizerContract> = {
  'of AdamW': {
    make: (params, options) => new FiniteGuard(new AdamW(params, options)),
    options: { learningRate: 0.1, weightDecay: 0, amsgrad: true },
    otherOptions: {
      learningRate: 0.5,
      beta1: 0.5,
      beta2: 0.6,
      epsilon: 0.1,
      weightDecay: 0.2,
      maximize: true,
    },
  },
  'of Lookahead, with a clip that is never reached': {
    make: (params, { k, ...options }) =>
      new FiniteGuard(new Lookahead(new SGD(params, options), { k: k as number }), { clipNorm: 1e6 }),
    options: { k: 3, learningRate: 0.05, momentum: 0.5 },
    otherOptions: { k: 2, learningRate: 0.5, momentum: 0.1 },
  },
  'of several optimizers, jointly': {
    make: ({ matrix, vector }, options) => {
      const ofMatrix = matrix && new SGD({ matrix }, options);
      const ofVector = vector && new AdamW({ vector }, { learningRate: 0.1, weightDecay: 0 });
      return new FiniteGuard(
        new JointOptimizer([ofMatrix, ofVector].filter((optimizer) => optimizer !== undefined)),
      );
    },
    options: { learningRate: 0.05, momentum: 0.5 },
    otherOptions: { learningRate: 0.5, momentum: 0.1 },
  },
};

describe.each(Object.entries(registry))('a guard %s', (_, contract) => {
  it('keeps the contract of optimizers', () => expectOptimizer(contract));
});

describe('a guard', () => {
  countTensorsInEveryTest();

  /** A model that trains, with a guard; `spoil` is multiplied into the loss. */
  function setUp(options?: ConstructorParameters<typeof FiniteGuard>[1]) {
    const model = tinyClassifier();
    const guard = new FiniteGuard(new AdamW(model, { learningRate: 0.1, weightDecay: 0.1 }), options);
    const { inputs, labels } = tinyBatch();
    const loss = (spoil = 1) =>
      tf.mul(tf.mean(tf.square(model.apply(inputs) as tf.Tensor)), spoil) as tf.Scalar;
    const state = () => ({
      weights: readVariables(namedVariables(model)),
      slots: guard.stateDict().optimizer,
    });
    const end = () => {
      tf.dispose([inputs, labels]);
      guard.dispose();
      model.dispose();
    };
    return { model, guard, loss, state, end };
  }

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'leaves out a step with a loss of %d, bit for bit',
    (bad) => {
      const seen: NotFinite[] = [];
      const { guard, loss, state, end } = setUp({ onSkip: (skip) => seen.push(skip) });
      guard.minimize(loss).dispose();
      const before = state();
      guard.minimize(() => loss(bad)).dispose();
      expect(state()).toEqual(before);
      expect([guard.skipped, guard.skippedInARow]).toEqual([1, 1]);
      expect(seen[0]?.isLossFinite).toBe(false);
      expect(seen[0]?.message).toContain('the loss is not finite');
      guard.minimize(loss).dispose();
      expect([guard.skipped, guard.skippedInARow]).toEqual([1, 0]);
      expect(state()).not.toEqual(before);
      end();
    },
  );

  it.each([undefined, 1])('names the first parameter, with clipping to %s too', (clipNorm) => {
    const seen: NotFinite[] = [];
    const { model, guard, loss, state, end } = setUp({
      onSkip: (skip) => seen.push(skip),
      ...(clipNorm && { clipNorm }),
    });
    const before = state();
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss);
      const norm = model.getLayer('norm').trainableWeights[0]!.read();
      const head = model.getLayer('head').trainableWeights[0]!.read();
      for (const variable of [norm, head] as tf.Variable[]) {
        grads[variable.name] = tf.mul(grads[variable.name] as tf.Tensor, Number.NaN);
      }
      guard.step(grads);
    });
    expect(seen).toEqual([
      {
        parameter: 'norm/gamma',
        isLossFinite: undefined,
        message: 'the gradient of "norm/gamma" is not finite',
      },
    ]);
    expect(state()).toEqual(before);
    end();
  });

  it('clips as by hand', () => {
    const [guarded, byHand] = [setUp({ clipNorm: 0.1 }), setUp()];
    for (let step = 0; step < 3; step++) {
      guarded.guard.minimize(guarded.loss).dispose();
      tf.tidy(() => {
        const { grads } = tf.variableGrads(byHand.loss);
        byHand.guard.optimizer.step(clipGradNorm(grads, 0.1).grads);
      });
    }
    expect(guarded.state()).toEqual(byHand.state());
    guarded.end();
    byHand.end();
  });

  it('throws where that is wished, with nothing changed', () => {
    const { guard, loss, state, end } = setUp({ onBad: 'throw' });
    const before = state();
    expect(() => guard.minimize(() => loss(Number.NaN))).toThrow(
      /^\[loopwright\/guards\] FiniteGuard: the loss is not finite, and the gradient of "hidden\/kernel" is not finite; nothing/,
    );
    expect(state()).toEqual(before);
    end();
  });

  it('gives up when too many steps in a row were left out', () => {
    const { guard, loss, end } = setUp({ maxInARow: 2 });
    for (let step = 0; step < 2; step++) guard.minimize(() => loss(Number.NaN)).dispose();
    guard.minimize(loss).dispose();
    for (let step = 0; step < 2; step++) guard.minimize(() => loss(Number.NaN)).dispose();
    expect(() => guard.minimize(() => loss(Number.NaN))).toThrow('as in the 2 steps before');
    expect(guard.skipped).toBe(5);
    end();
  });

  it('decides anew at each replay of a recording', () => {
    const { guard, model, end } = setUp();
    const names = [...guard.parameters.variables.keys()];
    const gradients = (value: number) =>
      [...guard.parameters.variables.values()].map((variable) => tf.fill(variable.shape, value));
    const recorder = new EffectRecorder();
    const first = gradients(0.1);
    recorder.record(() =>
      guard.step(Object.fromEntries(names.map((name, i) => [name, first[i] as tf.Tensor]))),
    );
    const read = () => readVariables(namedVariables(model));
    const moved = read();
    const bad = gradients(Number.NaN);
    recorder.replay(bad);
    expect(read()).toEqual(moved);
    expect(guard.skipped).toBe(1);
    recorder.replay(first);
    expect(read()).not.toEqual(moved);
    tf.dispose([first, bad]);
    end();
  });

  it('guards what was accumulated', () => {
    const { guard, loss, state, end } = setUp();
    const accumulator = new GradientAccumulator(guard, { steps: 2 });
    const before = state();
    for (const spoil of [1, Number.NaN]) {
      tf.tidy(() => accumulator.add(tf.variableGrads(() => loss(spoil)).grads));
      accumulator.step();
    }
    expect(state()).toEqual(before);
    expect(guard.skipped).toBe(1);
    end();
  });

  it('keeps its counts with the state, and refuses what it does not know', () => {
    const { guard, loss, end } = setUp();
    guard.minimize(loss).dispose();
    guard.minimize(() => loss(Number.NaN)).dispose();
    const copy = setUp();
    copy.guard.loadStateDict(guard.stateDict());
    expect([copy.guard.skipped, copy.guard.skippedInARow]).toEqual([1, 1]);
    expect(copy.guard.stateDict()).toEqual(guard.stateDict());
    expect(() => new FiniteGuard({} as never)).toThrow(
      'optimizer must be one of @loopwright/optimizers, got {  }',
    );
    expect(() => new FiniteGuard(guard, { onbad: 'skip' } as never)).toThrow('unknown option "onbad"');
    expect(() => new FiniteGuard(guard, { clipNorm: 0 })).toThrow(
      'clipNorm must be a finite number greater than 0',
    );
    copy.end();
    end();
  });
});

describe('looking for what is not finite', () => {
  countTensorsInEveryTest();

  it('reads nothing back where the engine looks itself', () => {
    const tensors = [tf.ones([70_000]), tf.tensor1d([1, Number.NaN])];
    const read = vi.spyOn(tf.Tensor.prototype, 'dataSync');
    expect(firstNotFinite(tensors)).toBe(1);
    expect(firstNotFinite(tensors.slice(0, 1))).toBe(-1);
    expect(firstNotFinite([])).toBe(-1);
    if (tf.getBackend() === 'tensorflow') expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    tf.dispose(tensors);
  });
});
