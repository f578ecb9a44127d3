import { checker, checkState, type StateDict, type Stateful } from '@loopwright/core';
import { countTensorsInEveryTest, testVariable, tinyClassifier } from '@loopwright/test-utils';
import { tensor1d, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { captureRun, checkRun, type Run, restoreRun } from './run.ts';

const check = checker('checkpoint', 'test');
countTensorsInEveryTest();

class Counter implements Stateful {
  count = 0;
  stateDict(): StateDict {
    return { version: 1, count: this.count };
  }
  loadStateDict(state: StateDict): void {
    const { count } = checkState(check, state, 1, ['count']);
    this.count = count as number;
  }
}

/** Changes itself before it refuses, which a `Stateful` must not. */
class Careless extends Counter {
  override loadStateDict(state: StateDict): void {
    this.count = -1;
    super.loadStateDict(state);
  }
}

function counted(count: number): Counter {
  return Object.assign(new Counter(), { count });
}

describe('restoreRun', () => {
  it('brings back models, records of variables and whatever is stateful', () => {
    const [model, other] = [tinyClassifier(), tinyClassifier()];
    const w = testVariable([1, 2]);
    const saved = captureRun(check, { model, weights: { w }, counter: counted(7) });
    tidy(() => w.assign(tensor1d([0, 0])));
    tidy(() => other.setWeights(model.getWeights().map((weight) => zerosLike(weight))));
    const counter = new Counter();
    restoreRun(check, { counter, weights: { w }, model: other }, saved);
    expect(counter.count).toBe(7);
    expect([...w.dataSync()]).toEqual([1, 2]);
    expect(captureRun(check, { model: other })).toEqual(captureRun(check, { model }));
    model.dispose();
    other.dispose();
    w.dispose();
  });

  it('refuses a state of other parts, naming those that are missing and unknown', () => {
    const counter = counted(7);
    const states = { other: { version: 1, count: 3 } };
    expect(() => restoreRun(check, { counter }, states)).toThrow(
      '[loopwright/checkpoint] test: the checkpoint does not fit: missing "counter"; unknown "other"',
    );
    expect(counter.count).toBe(7);
  });

  it('changes nothing when a late part refuses', () => {
    const w = testVariable([1]);
    const run = {
      a: counted(1),
      b: Object.assign(new Careless(), { count: 2 }),
      c: counted(3),
      weights: { w },
    };
    const before = captureRun(check, run);
    const states = {
      ...captureRun(check, { a: counted(10), c: counted(30) }),
      b: { version: 1, surplus: true },
      weights: { version: 1, variables: { w: { dtype: 'float32', shape: [1], data: Float32Array.of(5) } } },
    } as const;
    expect(() => restoreRun(check, run, states)).toThrow(
      'run["b"] refused its state, and nothing was changed: [loopwright/checkpoint] test: state does not fit: missing "count"; unknown "surplus"',
    );
    expect(captureRun(check, run)).toEqual(before);
    w.dispose();
  });

  it('checks models before anything is loaded', () => {
    const w = testVariable([1]);
    const counter = counted(1);
    const states = captureRun(check, { counter: counted(2), weights: { v: w } });
    expect(() => restoreRun(check, { counter, weights: { w } }, states)).toThrow(
      'run["weights"] refused its state, and nothing was changed: [loopwright/checkpoint] test: weights does not fit: missing "w"; unknown "v"',
    );
    expect(counter.count).toBe(1);
    w.dispose();
  });

  it('says so when a part cannot even take its own state back', () => {
    const stubborn = counted(1);
    stubborn.loadStateDict = () => {
      throw new Error('no');
    };
    expect(() => restoreRun(check, { stubborn }, captureRun(check, { stubborn }))).toThrow(
      'run["stubborn"] refused its state, and ["stubborn"] could not be put back: no',
    );
  });
});

describe('captureRun', () => {
  it('names the part that has no state to give', () => {
    const w = testVariable([1]);
    w.dispose();
    const message = '[loopwright/checkpoint] test: run["weights"] cannot be saved: Tensor is disposed.';
    expect(() => captureRun(check, { counter: counted(1), weights: { w } })).toThrow(message);
    const mute = counted(1);
    mute.stateDict = () => {
      throw new Error('no');
    };
    expect(() => captureRun(check, { mute })).toThrow('run["mute"] cannot be saved: no');
  });
});

describe('checkRun', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'run must be a record of at least one part, got undefined'],
    ['no parts', {}, 'run must be a record of at least one part, got {  }'],
    [
      'a number',
      { epoch: 3 },
      'run["epoch"] must be Stateful, a tf.LayersModel or a record of tf.Variable, got 3',
    ],
    ['a missing part', { averaged: undefined }, 'run["averaged"] must be Stateful'],
  ])('refuses %s', (_, run, message) => {
    expect(() => checkRun(check, run as Run)).toThrow(`[loopwright/checkpoint] test: ${message}`);
  });
});
