import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream, type StateDict, type Stateful } from '@loopwright/core';
import { crossEntropy } from '@loopwright/losses';
import { AdamW, Lookahead, RAdam, SGD } from '@loopwright/optimizers';
import { OneCycleLR } from '@loopwright/schedulers';
import { countTensorsInEveryTest, testVariable, tinyBatch, tinyClassifier } from '@loopwright/test-utils';
import {
  dispose,
  mean,
  mul,
  type Scalar,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { type RangeTestOptimizer, type RangeTestOptions, rangeTest } from './index.ts';

countTensorsInEveryTest();

type Batch = ReturnType<typeof tinyBatch>;

const prefix = '[loopwright/lr-finder] rangeTest: ';

/** A classifier with an optimizer that has taken steps, its batches, and how it trains. */
function classifier(make: (model: LayersModel) => RangeTestOptimizer & { dispose(): void } = makeSgd) {
  const model = tinyClassifier();
  const optimizer = make(model);
  const batches = [tinyBatch(6), tinyBatch(6, 6), tinyBatch(4, 12)];
  const loss = ({ inputs, labels }: Batch) =>
    crossEntropy(model.apply(inputs, { training: true }) as Tensor2D, labels);
  const train = () => {
    for (const batch of batches) optimizer.minimize?.(() => loss(batch)).dispose();
  };
  train();
  return {
    run: { model, optimizer, data: batches, loss },
    train,
    state: () => ({
      weights: model.weights.map((weight) => [...weight.read().dataSync()]),
      optimizer: optimizer.stateDict(),
    }),
    free: () => {
      optimizer.dispose();
      model.dispose();
      dispose(batches.map(({ inputs, labels }) => [inputs, labels]) as never);
    },
  };
}

function makeSgd(model: LayersModel) {
  return new SGD(model, { learningRate: 0.05, momentum: 0.9 });
}

/** A weight of 1 with the loss `w²`: a step at rate r leaves `w · (1 − 2r)`. */
function parabola(learningRate = 0.1) {
  const w = testVariable([1]);
  const optimizer = new SGD({ w }, { learningRate });
  const loss = (scale: number) => mul(scale, sum(square(w))) as Scalar;
  return { w, run: { model: { w }, optimizer, data: [1], loss }, free: () => w.dispose() };
}

/** Four batches a pass, each named after pass and place. A pass that is left by `break` ends. */
class CountingLoader implements Stateful {
  private pass = 0;
  private position = 0;

  *[Symbol.iterator]() {
    const { pass } = this;
    try {
      for (let index = this.position; index < 4; index++) {
        this.position = index + 1;
        yield `${pass}.${index}`;
      }
    } finally {
      this.pass = pass + 1;
      this.position = 0;
    }
  }

  stateDict(): StateDict {
    return { version: 1, pass: this.pass, position: this.position };
  }

  loadStateDict({ pass, position }: StateDict): void {
    Object.assign(this, { pass, position });
  }
}

describe('the history', () => {
  it('holds the rate and the loss of each step, as worked out by hand', async () => {
    const subject = parabola();
    const { history, ending } = await rangeTest({
      ...subject.run,
      startLr: 0.1,
      endLr: 0.3,
      steps: 3,
      mode: 'linear',
      smoothing: 0.5,
    });
    // w is 1, 0.8, 0.8 · 0.6; the averages of 1, 0.64, 0.2304 are 0.5, 0.57, 0.4002.
    expect(ending).toBe('completed');
    expect(history.map(({ step }) => step)).toEqual([0, 1, 2]);
    const close = (actual: number[], expected: number[]) =>
      expected.forEach((value, index) => {
        expect(actual[index]).toBeCloseTo(value, 6);
      });
    close(
      history.map(({ lr }) => lr),
      [0.1, 0.2, 0.3],
    );
    close(
      history.map((point) => point.loss),
      [1, 0.64, 0.2304],
    );
    close(
      history.map(({ smoothed }) => smoothed),
      [1, 0.57 / 0.75, 0.4002 / 0.875],
    );
    subject.free();
  });

  it('starts and ends at the rates given, which grow by one factor', async () => {
    const subject = parabola();
    const { history } = await rangeTest({ ...subject.run, startLr: 1e-4, endLr: 0.3, steps: 8 });
    const lrs = history.map(({ lr }) => lr);
    expect([lrs[0], lrs.at(-1), lrs.length]).toEqual([1e-4, 0.3, 8]);
    const factors = lrs.slice(1).map((lr, index) => lr / lrs[index]!);
    for (const factor of factors) expect(factor).toBeCloseTo(3000 ** (1 / 7), 10);
    subject.free();
  });

  it('ends where the smoothed loss leaves the best one behind, and where it is not finite', async () => {
    const subject = parabola();
    const diverged = await rangeTest({ ...subject.run, startLr: 0.3, endLr: 100, steps: 50, smoothing: 0 });
    expect(diverged.ending).toBe('diverged');
    const smoothed = diverged.history.map((point) => point.smoothed);
    const behind = smoothed.map((value, index) => value > 4 * Math.min(...smoothed.slice(0, index + 1)));
    expect(behind.indexOf(true)).toBe(smoothed.length - 1);

    const endless = {
      ...subject.run,
      startLr: 1e3,
      endLr: 1e9,
      steps: 50,
      divergence: Number.POSITIVE_INFINITY,
    };
    const overflown = await rangeTest(endless);
    expect(overflown.ending).toBe('not finite');
    expect(overflown.history.length).toBeLessThan(50);
    expect(overflown.history.at(-1)!.loss).toBe(Number.POSITIVE_INFINITY);
    subject.free();
  });

  it('of a loss below 0 does not count as diverged', async () => {
    const subject = parabola();
    const loss = () => tidy(() => sub(subject.run.loss(1), 10) as Scalar);
    const { ending } = await rangeTest({ ...subject.run, loss, startLr: 0.01, endLr: 0.3, steps: 5 });
    expect(ending).toBe('completed');
    subject.free();
  });

  it('is the same however many losses are read at once', async () => {
    const subject = classifier();
    const options = { ...subject.run, endLr: 1e4, steps: 23, smoothing: 0.5 };
    const single = await rangeTest(options);
    expect(single.ending).toBe('diverged');
    for (const readEvery of [4, 100]) {
      const { history, ending } = await rangeTest({ ...options, readEvery });
      expect({ history, ending }).toEqual({ history: single.history, ending: single.ending });
    }
    subject.free();
  });

  it('passes over the data as often as it needs to, whatever form it has', async () => {
    const subject = classifier();
    async function* pass() {
      yield* subject.run.data;
    }
    const options = { ...subject.run, steps: 10 };
    const { history } = await rangeTest(options);
    expect(history.length).toBe(10);
    expect((await rangeTest({ ...options, data: pass })).history).toEqual(history);
    const once = rangeTest({ ...options, data: pass() });
    await expect(once).rejects.toThrow(`${prefix}data ended after 3 batches and cannot be passed over again`);
    await expect(rangeTest({ ...options, data: [] })).rejects.toThrow(`${prefix}data holds no batch`);
    subject.free();
  });

  it('takes the loss of a step of the user’s own, a promise too', async () => {
    const subject = classifier();
    const { loss, ...others } = subject.run;
    const { history } = await rangeTest({ ...subject.run, steps: 6 });
    const step = async (batch: Batch) => subject.run.optimizer.minimize!(() => loss(batch));
    expect((await rangeTest({ ...others, step, steps: 6 })).history).toEqual(history);
    subject.free();
  });

  it('is judged by the samples of a validation, each counted once', async () => {
    const subject = parabola();
    const sizes = [tensor1d([1]), tensor1d([1, 1, 1])];
    const lossOf = (batch: Tensor) => tidy(() => mul(batch.size, sum(square(subject.w))) as Scalar);
    const options = {
      ...subject.run,
      startLr: 0.1,
      endLr: 0.3,
      steps: 3,
      mode: 'linear',
      smoothing: 0,
    } as const;
    const { history } = await rangeTest({
      ...options,
      data: sizes,
      loss: () => subject.run.loss(1),
      validation: { data: sizes, loss: lossOf },
    });
    // After a step at 0.1 the weight is 0.8; a mean of 1 and 3 by sizes is 2.5.
    expect(history[0]!.validationLoss).toBeCloseTo(2.5 * 0.64, 5);
    expect(history.map(({ smoothed }) => smoothed)).toEqual(
      history.map(({ validationLoss }) => validationLoss),
    );
    expect(history[0]!.loss).toBeCloseTo(1, 6);

    const half = await rangeTest({
      ...options,
      data: sizes,
      loss: () => subject.run.loss(1),
      validation: { data: sizes, loss: lossOf, size: () => 1 },
    });
    expect(half.history[0]!.validationLoss).toBeCloseTo(2 * 0.64, 5);
    dispose(sizes);
    subject.free();
  });
});

describe('groups of an optimizer', () => {
  it('keep the ratio of their rates, and get their own back', async () => {
    const [backbone, head] = [testVariable([1]), testVariable([1])];
    const optimizer = new SGD([
      { name: 'backbone', params: { backbone }, learningRate: 0.01 },
      { name: 'head', params: { head }, learningRate: 0.1 },
    ]);
    const seen: number[][] = [];
    const step = () => {
      seen.push(optimizer.paramGroups.map(({ learningRate }) => learningRate));
      return optimizer.minimize(() => tidy(() => sum(square(mul(backbone, head))) as Scalar));
    };
    const options = {
      model: { backbone, head },
      optimizer,
      data: [1],
      step,
      startLr: 0.2,
      endLr: 0.4,
      steps: 2,
    };
    const { history } = await rangeTest(options);
    expect(history.map(({ lr }) => lr)).toEqual([0.2, 0.4]);
    expect(seen.map(([low, high]) => low! / high!)).toEqual([
      expect.closeTo(0.1, 12),
      expect.closeTo(0.1, 12),
    ]);
    expect(seen.map(([, high]) => high)).toEqual([0.2, 0.4]);
    expect(optimizer.paramGroups.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.1]);
    dispose([backbone, head]);
  });

  it('whose rates are all 0, as before a warm-up, are tested at the rates given', async () => {
    const subject = parabola(0);
    const { history } = await rangeTest({ ...subject.run, startLr: 0.1, endLr: 0.2, steps: 2 });
    expect(history[1]!.loss).toBeCloseTo(0.64, 6);
    expect(subject.run.optimizer.paramGroups[0]!.learningRate).toBe(0);
    subject.free();
  });

  it('are not to be touched by the step', async () => {
    const subject = parabola();
    const scheduler = new OneCycleLR(subject.run.optimizer, { maxLr: 1, totalSteps: 10 });
    const before = subject.run.optimizer.paramGroups[0]!.learningRate;
    const step = () => {
      const loss = subject.run.optimizer.minimize(() => subject.run.loss(1));
      scheduler.step();
      return loss;
    };
    const { loss: _, ...others } = subject.run;
    const test = rangeTest({ ...others, step, restore: { scheduler } });
    await expect(test).rejects.toThrow(
      /the step changed a learning rate from 1e-7 to 0\.\d+; leave schedulers/,
    );
    expect(subject.run.optimizer.paramGroups[0]!.learningRate).toBe(before);
    expect(scheduler.getLastLr()).toEqual([before]);
    subject.free();
  });
});

describe('what it leaves behind', () => {
  it.each<[string, (model: LayersModel) => RangeTestOptimizer & { dispose(): void }]>([
    ['SGD', makeSgd],
    ['AdamW', (model) => new AdamW(model, { learningRate: 0.01 })],
    ['RAdam', (model) => new RAdam(model, { learningRate: 0.01 })],
    ['Lookahead', (model) => new Lookahead(makeSgd(model), { k: 2 })],
  ])('nothing: with %s the run goes on bit for bit as without it', async (_, make) => {
    const [tested, other] = [classifier(make), classifier(make)];
    const scheduler = new OneCycleLR(tested.run.optimizer, { maxLr: 0.1, totalSteps: 10 });
    const second = new OneCycleLR(other.run.optimizer, { maxLr: 0.1, totalSteps: 10 });
    const before = tested.state();
    const { history } = await rangeTest({ ...tested.run, steps: 20, endLr: 1 });
    expect(history.length).toBeGreaterThan(10);
    expect(tested.state()).toEqual(before);
    for (const { train } of [tested, other]) train();
    for (const one of [scheduler, second]) one.step();
    for (const { train } of [tested, other]) train();
    expect(tested.state()).toEqual(other.state());
    tested.free();
    other.free();
  });

  it.each<[string, (subject: ReturnType<typeof classifier>) => Partial<RangeTestOptions<Batch>>, string]>([
    [
      'the loss throws',
      ({ run: { loss } }) => {
        let calls = 0;
        return {
          loss: (batch) => {
            calls += 1;
            if (calls > 4) throw new Error('out of luck');
            return loss(batch);
          },
        };
      },
      'out of luck',
    ],
    [
      'the data throw',
      ({ run: { data } }) => ({
        data: function* () {
          yield* data;
          throw new Error('disk on fire');
        },
      }),
      'disk on fire',
    ],
    [
      'the validation throws',
      ({ run: { data } }) => ({
        validation: {
          data,
          loss: () => {
            throw new Error('no validation');
          },
        },
        readEvery: 3,
      }),
      'no validation',
    ],
    [
      'the validation is empty',
      () => ({ validation: { data: [], loss: () => scalar(0) } }),
      'validation.data holds no batch',
    ],
    [
      'the validation returns the losses of all samples',
      () => ({
        validation: { data: [1 as unknown as Batch], loss: () => tensor1d([1, 2]) as never, size: () => 2 },
      }),
      `${prefix}the validation loss must be a scalar, got tensor "float32" of shape [2]`,
    ],
    [
      'a batch of the validation has no size',
      () => ({ validation: { data: [{} as Batch], loss: () => scalar(0) } }),
      'a batch must be a tensor or have one (else give size), got {  }',
    ],
    [
      'it is aborted',
      ({ run: { loss } }) => {
        const controller = new AbortController();
        return {
          signal: controller.signal,
          loss: (batch) => {
            controller.abort(new Error('enough'));
            return loss(batch);
          },
        };
      },
      'enough',
    ],
    [
      'the step returns no scalar',
      () => ({ loss: undefined as never, step: () => 'no loss' as never }),
      `${prefix}the loss must be a scalar, got "no loss"`,
    ],
    [
      'the step returns the losses of all samples',
      () => ({ loss: undefined as never, step: () => tensor1d([1, 2]) as never }),
      `${prefix}the loss must be a scalar, got tensor "float32" of shape [2]`,
    ],
  ])('nothing when %s', async (_, change, message) => {
    const subject = classifier();
    const before = subject.state();
    const { model, optimizer, data, loss } = subject.run;
    await expect(rangeTest({ model, optimizer, data, loss, ...change(subject) })).rejects.toThrow(message);
    expect(subject.state()).toEqual(before);
    subject.free();
  });

  it('does not begin when it is aborted before', async () => {
    const subject = parabola();
    const data = () => {
      throw new Error('not reached');
    };
    const test = rangeTest({ ...subject.run, data, signal: AbortSignal.abort(new Error('early')) });
    await expect(test).rejects.toThrow('early');
    subject.free();
  });

  it('in loaders, before a pass and in the middle of one', async () => {
    const seen = async (test: boolean) => {
      const subject = parabola();
      const [data, held] = [new CountingLoader(), new CountingLoader()];
      const loss = () => subject.run.loss(1);
      const run = { ...subject.run, data, loss, validation: { data: held, loss, size: () => 1 }, steps: 7 };
      const drawn: string[] = [];
      if (test) await rangeTest(run);
      for (let pass = 0; pass < 2; pass++) {
        for (const batch of data) {
          drawn.push(batch);
          if (test && drawn.length === 3) await rangeTest(run);
        }
      }
      subject.free();
      return [drawn, held.stateDict()];
    };
    expect(await seen(true)).toEqual(await seen(false));
  });

  it('in what it is told to restore', async () => {
    const subject = parabola();
    const teacher = { v: testVariable([2]) };
    const noise = new RandomStream(1);
    const { loss, ...others } = subject.run;
    const step = () => {
      tidy(() => teacher.v.assign(tensor1d([noise.uniform()])));
      return subject.run.optimizer.minimize(() => loss(1));
    };
    await rangeTest({ ...others, step, steps: 4, restore: { teacher, noise } });
    expect([...teacher.v.dataSync()]).toEqual([2]);
    expect(noise.uniform()).toBe(new RandomStream(1).uniform());
    dispose([teacher.v]);
    subject.free();
  });

  it('in all other parts when one refuses, which it names', async () => {
    const subject = parabola();
    const stubborn: Stateful = {
      stateDict: () => ({ version: 1 }),
      loadStateDict: () => {
        throw new Error('not again');
      },
    };
    const noise = new RandomStream(1);
    const step = () => {
      noise.uniform();
      return subject.run.optimizer.minimize(() => subject.run.loss(1));
    };
    const { loss: _, ...others } = subject.run;
    const test = rangeTest({ ...others, step, steps: 3, restore: { stubborn, noise } });
    await expect(test).rejects.toThrow(
      `${prefix}["restore[\\"stubborn\\"]"] could not be restored: not again`,
    );
    expect(noise.uniform()).toBe(new RandomStream(1).uniform());
    expect([...subject.w.dataSync()]).toEqual([1]);
    subject.free();
  });
});

describe('the result', () => {
  it('suggests rates at which the model trains, and draws a picture', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loopwright-lr-finder-'));
    const subject = classifier();
    const test = await rangeTest({
      ...subject.run,
      smoothing: 0.5,
      validation: { data: subject.run.data, loss: subject.run.loss },
    });
    const path = join(folder, 'range.svg');
    await test.plot(path);
    const svg = readFileSync(path, 'utf8');
    for (const text of ['smoothed', 'training', 'validation', 'valley', 'steepest'])
      expect(svg).toContain(text);
    for (const method of ['valley', 'steepest', 'minimum'] as const) {
      const { lr = 0 } = test.suggest(method);
      expect(lr, method).toBeGreaterThan(1e-5);
      expect(lr, method).toBeLessThan(5);
    }
    expect(test.suggest()).toEqual(test.suggest('valley'));
    rmSync(folder, { recursive: true });
    subject.free();
  });

  it('says so when there is nothing to suggest, and can be drawn all the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loopwright-lr-finder-'));
    const subject = parabola();
    const nan = () => mul(Number.NaN, mean(subject.w)) as Scalar;
    const test = await rangeTest({ ...subject.run, loss: nan });
    expect(test.ending).toBe('not finite');
    expect(test.suggest().reason).toMatch(/^of 1 points 0 are left to read from/);
    await test.plot(join(folder, 'range.svg'));
    await expect(test.plot(join(folder, 'range.jpg'))).rejects.toThrow('path must end in .svg or .png');
    rmSync(folder, { recursive: true });
    subject.free();
  });
});

describe('bad options', () => {
  it.each<[Partial<Record<keyof RangeTestOptions<number>, unknown>> & { lr?: number }, string]>([
    [{ lr: 1 }, 'unknown option "lr"'],
    [{ model: {} }, 'model must be a tf.LayersModel or a record of tf.Variable, got {  }'],
    [{ optimizer: {} }, 'optimizer must have paramGroups and be Stateful, got {  }'],
    [{ data: 3 }, 'data must be an iterable or a function that returns one, got 3'],
    [{ data: () => 3 }, 'data must be an iterable or a function that returns one, got 3'],
    [{ loss: undefined }, 'either loss or step must be given, got none'],
    [{ step: () => scalar(1) }, 'either loss or step must be given, got both'],
    [{ loss: 3 }, 'loss must be a function, got 3'],
    [{ startLr: 0 }, 'startLr must be a finite number greater than 0, got 0'],
    [{ startLr: 20 }, 'endLr must be a finite number greater than 20, got 10'],
    [{ steps: 1 }, 'steps must be an integer at least 2, got 1'],
    [{ mode: 'log' }, 'mode must be one of "exponential", "linear", got "log"'],
    [{ smoothing: 1 }, 'smoothing must be a finite number at least 0 and less than 1, got 1'],
    [{ divergence: 1 }, 'divergence must be a finite number greater than 1, got 1'],
    [{ validation: { data: [1] } }, 'validation.loss must be a function, got undefined'],
    [{ validation: { batches: [1] } }, 'unknown option "batches"'],
    [
      { restore: { noise: 3 } },
      'restore["noise"] must be Stateful, a tf.LayersModel or a record of tf.Variable, got 3',
    ],
    [{ restore: 3 }, 'restore must be a record of parts, got 3'],
    [{ readEvery: 0 }, 'readEvery must be a positive integer, got 0'],
    [{ signal: 3 }, 'signal must be an AbortSignal, got 3'],
  ])('%o are refused', async (change, message) => {
    const subject = parabola();
    const { model, optimizer, data, loss } = subject.run;
    const options = { model, optimizer, data, loss, ...change } as RangeTestOptions<number>;
    await expect(rangeTest(options)).rejects.toThrow(prefix + message);
    expect([...subject.w.dataSync()]).toEqual([1]);
    expect(optimizer.paramGroups[0]!.learningRate).toBe(0.1);
    subject.free();
  });

  it('of an optimizer that cannot minimize are told what to do', async () => {
    const subject = parabola();
    const optimizer: RangeTestOptimizer = {
      paramGroups: [{ learningRate: 1 }],
      stateDict: () => ({ version: 1 }),
      loadStateDict: () => {},
    };
    await expect(rangeTest({ ...subject.run, optimizer })).rejects.toThrow(
      `${prefix}an optimizer without minimize() needs step rather than loss`,
    );
    subject.free();
  });
});
