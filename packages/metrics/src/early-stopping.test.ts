import { namedVariables } from '@loopwright/core';
import { readVariables } from '@loopwright/core/tensors';
import { expectNoLeak, expectStateful, tinyClassifier } from '@loopwright/test-utils';
import { mul, scalar, tidy } from '@tensorflow/tfjs-core';
import { config, takeWhile } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EarlyStopping, type MetricRecord, MetricStream } from './index.ts';

const options = { metric: 'val.loss', mode: 'min', patience: 2 } as const;

/** Changes every weight, those of batch normalization too. */
function train(model: ReturnType<typeof tinyClassifier>): void {
  for (const variable of Object.values(namedVariables(model)))
    tidy(() => variable.assign(mul(variable, 1.5)));
}

describe('EarlyStopping', () => {
  it('stops after `patience` values in a row without an improvement', () => {
    const stopping = new EarlyStopping(options);
    const stopped = [3, 2, 2.5, 1, 1, 1.5].map((value, epoch) =>
      stopping.update({ epoch, 'val.loss': value }),
    );
    expect(stopped).toEqual([false, false, false, false, false, true]);
    expect([stopping.stopped, stopping.best, stopping.bestEpoch]).toEqual([true, 1, 3]);
  });

  it('counts NaN as not improved', () => {
    const stopping = new EarlyStopping(options);
    expect([Number.NaN, Number.NaN].map((value) => stopping.update({ 'val.loss': value }))).toEqual([
      false,
      true,
    ]);
    expect([stopping.best, stopping.bestEpoch]).toEqual([undefined, undefined]);
  });

  it('wants more than minDelta', () => {
    const stopping = new EarlyStopping({ ...options, mode: 'max', minDelta: 1, patience: 1 });
    expect([1, 3, 4].map((value) => stopping.update({ 'val.loss': value }))).toEqual([false, false, true]);
  });

  it('passes over records of steps, and reads scalar tensors', () =>
    expectNoLeak(() => {
      const stopping = new EarlyStopping(options);
      for (let step = 0; step < 10; step++) stopping.update({ step, 'train.loss': step });
      expect(stopping.stopped).toBe(false);
      tidy(() => void stopping.update({ 'val.loss': scalar(0.5) }));
      expect([stopping.best, stopping.bestEpoch]).toEqual([0.5, 0]);
    }));

  it('is an observer of the stream, and ends one', () => {
    const stream = new MetricStream();
    const watching = new EarlyStopping(options);
    stream.subscribe(watching);
    const ending = new EarlyStopping({ ...options, patience: 1 });
    const seen: MetricRecord[] = [];
    stream.pipe(takeWhile((record) => !ending.update(record), true)).subscribe((record) => seen.push(record));
    for (const value of [2, 1, 3, 4]) stream.next({ 'val.loss': value });
    expect(watching.stopped).toBe(true);
    expect(seen).toEqual([{ 'val.loss': 2 }, { 'val.loss': 1 }, { 'val.loss': 3 }]);
  });

  it('keeps the best weights as plain copies and restores them', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const stopping = new EarlyStopping({ ...options, model });
      stopping.update({ 'val.loss': 2 });
      train(model);
      expect(stopping.update({ 'val.loss': 1 })).toBe(false);
      const best = readVariables(namedVariables(model));
      train(model);
      stopping.update({ 'val.loss': 5 });
      expect(readVariables(namedVariables(model))).not.toEqual(best);
      stopping.restoreBest();
      expect(readVariables(namedVariables(model))).toEqual(best);
      train(model);
      stopping.restoreBest();
      expect(readVariables(namedVariables(model))).toEqual(best);
      model.dispose();
    }));

  it('says so if there is nothing to restore', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const stopping = new EarlyStopping({ ...options, model });
      stopping.update({ 'val.los': 1 });
      expect(() => stopping.restoreBest()).toThrow(
        '[loopwright/metrics] EarlyStopping: the metric "val.loss" was in no record; the last one had "val.los"',
      );
      stopping.update({ 'val.loss': Number.NaN });
      expect(() => stopping.restoreBest()).toThrow(
        'EarlyStopping: "val.loss" has only been NaN; there is no best',
      );
      expect(() => new EarlyStopping(options).restoreBest()).toThrow(
        'EarlyStopping: restoreBest() needs the option model',
      );
      const weightless = new EarlyStopping(options);
      weightless.update({ 'val.loss': 1 });
      stopping.loadStateDict(weightless.stateDict());
      expect(() => stopping.restoreBest()).toThrow(
        'EarlyStopping: the best value is from a state without weights: it was saved without the option model',
      );
      model.dispose();
    }));

  it('resumes into another configuration, with the best weights', () =>
    expectNoLeak(async () => {
      const models = [tinyClassifier(), tinyClassifier()] as const;
      await expectStateful({
        make: () => new EarlyStopping({ ...options, model: models[0] }),
        makeOther: () =>
          new EarlyStopping({ metric: 'other', mode: 'max', patience: 9, minDelta: 1, model: models[1] }),
        advance: (stopping, index) =>
          void stopping.update({ epoch: 10 + index, 'val.loss': Math.sin(index), other: 1 }),
        observe: (stopping) => [
          stopping.metric,
          stopping.stopped,
          stopping.best,
          stopping.bestEpoch,
          structuredClone(stopping.stateDict()),
        ],
      });
      for (const model of models) model.dispose();
    }));

  it('refuses a state whose weights do not fit, and changes nothing', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const stopping = new EarlyStopping({ ...options, model });
      stopping.update({ 'val.loss': 1 });
      const saved = stopping.stateDict();
      const other = new EarlyStopping(options);
      expect(() => other.loadStateDict(saved)).toThrow(
        '[loopwright/metrics] EarlyStopping: state.weights holds the weights of a model; give the option model',
      );
      expect(() => stopping.loadStateDict({ ...saved, weights: {} })).toThrow(
        'state.weights does not fit: missing',
      );
      expect(() => stopping.loadStateDict({ ...saved, values: -1 })).toThrow(
        'state.values must be an integer at least 0',
      );
      expect(stopping.stateDict()).toEqual(saved);
      expect(other.stateDict()).toEqual(new EarlyStopping(options).stateDict());
      model.dispose();
    }));

  it('refuses bad options by name', () => {
    const bad: [object, string][] = [
      [{ ...options, metric: '' }, 'metric must be a non-empty string, got ""'],
      [{ ...options, mode: 'up' }, 'mode must be one of "min", "max", got "up"'],
      [{ ...options, patience: 0 }, 'patience must be a positive integer, got 0'],
      [{ ...options, minDelta: -1 }, 'minDelta must be a finite number at least 0, got -1'],
      [{ ...options, min_delta: 1 }, 'unknown option "min_delta" (did you mean minDelta?)'],
    ];
    for (const [given, message] of bad) {
      expect(() => new EarlyStopping(given as never)).toThrow(
        `[loopwright/metrics] EarlyStopping: ${message}`,
      );
    }
  });
});

describe('a metric that never appears', () => {
  afterEach(() => {
    config.onUnhandledError = null;
  });

  it('is complained about when the stream completes', async () => {
    const unhandled: unknown[] = [];
    config.onUnhandledError = (error) => unhandled.push(error);
    const stream = new MetricStream();
    stream.subscribe(new EarlyStopping(options));
    stream.next({ epoch: 0, 'val.los': 1 });
    stream.complete();
    await vi.waitFor(() =>
      expect(String(unhandled[0])).toContain(
        'the metric "val.loss" was in no record; the last one had "epoch", "val.los"',
      ),
    );
  });
});
