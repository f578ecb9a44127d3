import type { StateDict } from '@loopwright/core';
import { countTensorsInEveryTest, expectNoLeak, testVariable } from '@loopwright/test-utils';
import {
  dispose,
  mul,
  ones,
  type Scalar,
  scalar,
  sign,
  square,
  sub,
  sum,
  type Tensor,
  tensor1d,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { Adam } from './adam.ts';
import { AdamW } from './adamw.ts';
import { type CommonHyperParameters, commonHyperParameters } from './hyper-parameters.ts';
import { RMSprop } from './rmsprop.ts';
import { RuleOptimizer } from './rule-optimizer.ts';
import { SGD } from './sgd.ts';
import type { UpdateRule } from './update-rule.ts';

countTensorsInEveryTest();

const step = (optimizer: { step(gradients: object): void }, w: number[]) =>
  tidy(() => optimizer.step({ w: tensor1d(w) }));

const values = (variable: Variable) => [...variable.dataSync()];

const state = (optimizer: { stateDict(): StateDict }) =>
  structuredClone(optimizer.stateDict()) as unknown as {
    groups: Record<string, { hyperParameters: object; parameters: Record<string, SavedParameter> }>;
  } & StateDict;

interface SavedParameter {
  step: number;
  slots: Record<string, { shape: number[] }>;
}

describe('the step', () => {
  it('reads the learning rate and the momentum of the group each time', () => {
    const w = testVariable([0]);
    const optimizer = new SGD({ w }, { learningRate: 1, momentum: 0.5 });
    const [group] = optimizer.paramGroups;
    step(optimizer, [1]); // b = 1
    Object.assign(group as object, { learningRate: 0.1, momentum: 0.9 });
    step(optimizer, [1]); // b = 1.9
    expect(values(w)[0]).toBeCloseTo(-1 - 0.19, 6);
    optimizer.dispose();
    w.dispose();
  });

  it('skips a missing or null gradient, whose parameter counts no step', () => {
    const [w, v] = [testVariable([1]), testVariable([1])];
    const optimizer = new Adam({ w, v }, { learningRate: 0.1 });
    tidy(() => optimizer.step({ w: tensor1d([1]), v: null }));
    step(optimizer, [1]);
    expect(values(v)).toEqual([1]);
    const { parameters } = state(optimizer).groups.default as { parameters: Record<string, SavedParameter> };
    expect(parameters.w?.step).toBe(2);
    expect(parameters.v).toEqual({ step: 0, slots: {} });
    optimizer.dispose();
    dispose([w, v]);
  });

  it('keeps a momentum buffer of its own, whatever happens to the memory of the first gradient', () => {
    const w = testVariable([0]);
    const optimizer = new SGD({ w }, { learningRate: 1, momentum: 1 });
    const memory = Float32Array.of(1);
    tidy(() => optimizer.step({ w: tensor1d(memory) }));
    memory[0] = 100;
    step(optimizer, [1]);
    expect(values(w)).toEqual([-3]);
    optimizer.dispose();
    w.dispose();
  });

  it('refuses gradients that are not live float32 tensors, and two for one parameter', () => {
    const w = testVariable([1]);
    const optimizer = new SGD({ w });
    const gone = tensor1d([1]);
    gone.dispose();
    const refused = (gradients: object, message: string) =>
      expect(() => optimizer.step(gradients as never)).toThrow(message);
    refused({ w: 1 }, 'gradient "w" must be a tensor, got 1');
    refused({ w: gone }, 'gradient "w" is disposed');
    tidy(
      () => void refused({ w: tensor1d([1], 'int32') }, 'gradient "w" must be float32, got tensor "int32"'),
    );
    refused({ w, [w.name]: w }, 'two gradients were given for parameter "w"');
    w.dispose();
  });

  it('of a rule of one’s own is a rule and nothing more', () =>
    expectNoLeak(() => {
      const signSGD: UpdateRule<CommonHyperParameters> = {
        name: 'SignSGD',
        hyperParameters: commonHyperParameters({ learningRate: 0.5, weightDecay: 0 }),
        slots: {},
        apply: ({ parameter, gradient, hyper }) => ({
          parameter: sub(parameter, mul(sign(gradient), hyper.learningRate)),
          slots: {},
        }),
      };
      const w = testVariable([1, 1]);
      const optimizer = new RuleOptimizer(signSGD, { w });
      step(optimizer, [3, -4]);
      expect(values(w)).toEqual([0.5, 1.5]);
      w.dispose();
    }));
});

describe('minimize', () => {
  it('returns the loss before the step and disposes the rest', async () => {
    const w = testVariable([3]);
    const optimizer = new SGD({ w }, { learningRate: 0.25 });
    const loss = await expectNoLeak(() => optimizer.minimize(() => sum(square(w)) as Scalar), 1);
    expect(loss.dataSync()[0]).toBe(9);
    expect(values(w)).toEqual([1.5]);
    dispose([loss, w]);
  });

  it('refuses a loss that is not a scalar, or that depends on no parameter, and leaves nothing behind', () =>
    expectNoLeak(() => {
      const w = testVariable([3]);
      const optimizer = new SGD({ w });
      expect(() => optimizer.minimize(() => square(w) as unknown as Scalar)).toThrow(
        /must return a scalar, but it returned a rank-1 tensor/,
      );
      expect(() => optimizer.minimize(() => scalar(1))).toThrow(/connection/);
      expect(values(w)).toEqual([3]);
      w.dispose();
    }));
});

describe('traps', () => {
  it('SGD: nesterov without momentum or with dampening is refused', () => {
    const w = testVariable([1]);
    expect(() => new SGD({ w }, { nesterov: true })).toThrow(
      '[loopwright/optimizers] SGD: nesterov needs momentum above 0 and dampening 0, got momentum 0, dampening 0',
    );
    expect(() => new SGD({ w }, { nesterov: true, momentum: 0.9, dampening: 0.1 })).toThrow('dampening 0.1');
    w.dispose();
  });

  it('RMSprop: a zero gradient and a constant one stay finite when centered', () => {
    const w = testVariable([1, 1, 1]);
    const optimizer = new RMSprop({ w }, { learningRate: 1e-3, decay: 0.5, centered: true });
    // From a constant gradient the variance is a difference of equals, which rounding may make negative.
    for (let i = 0; i < 60; i++) step(optimizer, [0, 0.1, 3.3]);
    expect(values(w).every(Number.isFinite)).toBe(true);
    expect(values(w)[0]).toBe(1);
    optimizer.dispose();
    w.dispose();
  });

  it('undefined options are defaults; unknown ones are refused with the nearest name', () => {
    const w = testVariable([1]);
    expect(new AdamW({ w }, { weightDecay: undefined } as object).paramGroups[0]?.weightDecay).toBe(0.01);
    expect(() => new AdamW({ w }, { weight_decay: 1 } as object)).toThrow('did you mean weightDecay?');
    expect(() => new AdamW({ w }, { noDecay: true } as object)).toThrow(
      'noDecay must be a function, got true',
    );
    w.dispose();
  });
});

describe('the state', () => {
  it('sets the hyper-parameters of the groups that schedulers hold', () => {
    const w = testVariable([1]);
    const source = new Adam({ w }, { learningRate: 0.5, beta1: 0.8 });
    const target = new Adam({ w }, { learningRate: 0.1 });
    const [group] = target.paramGroups;
    target.loadStateDict(source.stateDict());
    expect(target.paramGroups[0]).toBe(group);
    expect(group).toMatchObject({ learningRate: 0.5, beta1: 0.8 });
    w.dispose();
  });

  it('fits every copy of a model, whatever TensorFlow.js calls its variables', () => {
    const make = () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
    const [model, copy] = [make(), make()];
    const [source, target] = [new Adam(model), new Adam(copy)];
    tidy(() => void source.minimize(() => sum(square(model.apply(ones([1, 1])) as Tensor)) as Scalar));
    target.loadStateDict(source.stateDict());
    expect(state(target)).toEqual(state(source));
    expect(Object.keys(state(target).groups.default?.parameters ?? {})).toContain('dense_1/kernel');
    for (const owner of [source, target, model, copy]) owner.dispose();
  });

  it('is refused whole if any part does not fit', () => {
    const [w, v] = [testVariable([1, 2]), testVariable([3])];
    const optimizer = new Adam(
      [
        { name: 'first', params: { w } },
        { name: 'second', params: { v } },
      ],
      { learningRate: 0.1 },
    );
    tidy(() => optimizer.step({ w: tensor1d([1, 2]), v: tensor1d([3]) }));
    const good = state(optimizer);
    const refused = (change: (bad: ReturnType<typeof state>) => unknown, message: string) => {
      const bad = structuredClone(good);
      (bad.groups.first as { hyperParameters: object }).hyperParameters = {
        ...bad.groups.first?.hyperParameters,
        learningRate: 0.7,
      };
      change(bad);
      expect(() => optimizer.loadStateDict(bad)).toThrow(message);
      expect(state(optimizer)).toEqual(good);
    };
    const second = (bad: ReturnType<typeof state>) => bad.groups.second as (typeof bad.groups)[string];
    const ofV = (bad: ReturnType<typeof state>) => second(bad).parameters.v as SavedParameter;
    refused(
      (bad) => Object.assign(bad, { optimizer: 'AdamW' }),
      'state is that of another optimizer, "AdamW"',
    );
    refused((bad) => delete bad.groups.second, 'state.groups does not fit: missing "second"');
    refused((bad) => Object.assign(bad.groups, { third: {} }), 'unknown "third"');
    refused((bad) => delete second(bad).parameters.v, 'missing "v"');
    refused((bad) => Object.assign(second(bad).parameters, { u: {} }), 'unknown "u"');
    refused((bad) => delete ofV(bad).slots.secondMoment, 'missing "secondMoment"');
    refused((bad) => Object.assign(ofV(bad).slots, { velocity: {} }), 'unknown "velocity"');
    refused((bad) => Object.assign(ofV(bad), { step: -1 }), 'step must be an integer at least 0, got -1');
    refused(
      (bad) => Object.assign(ofV(bad).slots.firstMoment as object, { shape: [1, 1] }),
      'is float32 [1, 1], expected float32 [1]',
    );
    refused(
      (bad) => Object.assign(second(bad).hyperParameters, { beta1: '0.9' }),
      'state.groups["second"].hyperParameters.beta1 must be a finite number, got "0.9"',
    );
    refused((bad) => Object.assign(second(bad).hyperParameters, { momentum: 1 }), 'unknown "momentum"');
    optimizer.dispose();
    dispose([w, v]);
  });

  it('may hold a rate that no step takes: a schedule can end below 0, and such a run must still load', () => {
    const w = testVariable([1]);
    const [optimizer, copy] = [new Adam({ w }), new Adam({ w })];
    (optimizer.paramGroups[0] as { learningRate: number }).learningRate = -1e-5;
    copy.loadStateDict(optimizer.stateDict());
    expect(copy.paramGroups[0]?.learningRate).toBe(-1e-5);
    expect(() => step(copy, [1])).toThrow('learningRate must be a finite number at least 0, got -0.00001');
    w.dispose();
  });

  it('after dispose is that of a new optimizer', () => {
    const w = testVariable([1]);
    const optimizer = new Adam({ w });
    const fresh = state(optimizer);
    step(optimizer, [1]);
    optimizer.dispose();
    expect(state(optimizer)).toEqual(fresh);
    w.dispose();
  });
});
