import { countTensorsInEveryTest, testVariable } from '@loopwright/test-utils';
import { add, dispose, type Scalar, square, sum, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { AdamW } from './adamw.ts';
import { JointOptimizer } from './joint-optimizer.ts';
import { Lookahead } from './lookahead.ts';
import { Muon } from './muon.ts';
import { SGD } from './sgd.ts';

countTensorsInEveryTest();

const fails = '[loopwright/optimizers] JointOptimizer:';

function parts() {
  const [a, b] = [testVariable([1, 2]), testVariable([3])];
  const [first, second] = [new SGD({ a }, { learningRate: 0.1, momentum: 0.9 }), new AdamW({ b })];
  const optimizer = new JointOptimizer([first, second]);
  const loss = () => tidy(() => add(sum(square(a)), sum(square(b))) as Scalar);
  const end = () => {
    optimizer.dispose();
    dispose([a, b]);
  };
  return { a, b, first, second, optimizer, loss, end };
}

describe('JointOptimizer', () => {
  it('moves each parameter as its own optimizer would', () => {
    const [joint, apart] = [parts(), parts()];
    for (let index = 0; index < 3; index++) {
      joint.optimizer.minimize(joint.loss).dispose();
      for (const alone of [apart.first, apart.second]) alone.minimize(apart.loss).dispose();
    }
    expect([...joint.a.dataSync(), ...joint.b.dataSync()]).toEqual([
      ...apart.a.dataSync(),
      ...apart.b.dataSync(),
    ]);
    joint.end();
    apart.end();
  });

  it('has the groups of all, live', () => {
    const { optimizer, first, second, a, end } = parts();
    expect(optimizer.paramGroups).toEqual([...first.paramGroups, ...second.paramGroups]);
    for (const group of optimizer.paramGroups) group.learningRate = 0;
    tidy(() => optimizer.step({ a: tensor1d([1, 1]) }));
    expect([...a.dataSync()]).toEqual([1, 2]);
    end();
  });

  it('steps those whose parameters have a gradient, and leaves frozen ones where they are', () => {
    const { optimizer, a, b, loss, end } = parts();
    tidy(() => optimizer.step({ b: tensor1d([1]) }));
    expect([...a.dataSync()]).toEqual([1, 2]);
    expect(b.dataSync()[0]).toBeLessThan(3);
    b.trainable = false;
    const before = b.dataSync()[0];
    optimizer.minimize(loss).dispose();
    expect(b.dataSync()[0]).toBe(before);
    expect(a.dataSync()[0]).toBeLessThan(1);
    end();
  });

  it('can be wrapped, and wrap', () => {
    const [w, v] = [testVariable([0]), testVariable([0])];
    const inner = new Lookahead(new SGD({ w }, { learningRate: 1 }), { k: 2, alpha: 0.5 });
    const optimizer = new Lookahead(new JointOptimizer([inner, new SGD({ v }, { learningRate: 1 })]), {
      k: 3,
      alpha: 0.5,
    });
    for (let index = 0; index < 3; index++) {
      tidy(() => optimizer.step({ w: tensor1d([1]), v: tensor1d([1]) }));
    }
    // w: -1, -2 → -1, -2 → -1; v: -3 → -1.5
    expect([w.dataSync()[0], v.dataSync()[0]]).toEqual([-1, -1.5]);
    optimizer.dispose();
    dispose([w, v]);
  });

  it('changes nothing if a gradient belongs to none, or one of the optimizers refuses its step', () => {
    const { optimizer, second, a, b, end } = parts();
    const gradient = tensor1d([1]);
    expect(() => optimizer.step({ b: gradient, c: gradient })).toThrow(
      `${fails} gradient "c" belongs to none`,
    );
    (second.paramGroups[0] as { learningRate: number }).learningRate = Number.NaN;
    const other = tensor1d([1, 1]);
    expect(() => optimizer.step({ a: other, b: gradient })).toThrow(
      'AdamW: group "default": learningRate must be',
    );
    expect([...a.dataSync(), ...b.dataSync()]).toEqual([1, 2, 3]);
    dispose([gradient, other]);
    end();
  });

  it('takes a state whole or not at all', () => {
    const { optimizer, loss, end } = parts();
    optimizer.minimize(loss).dispose();
    const state = optimizer.stateDict();
    const [first] = state.optimizers as readonly object[];
    optimizer.minimize(loss).dispose();
    const later = optimizer.stateDict();
    const refused = (optimizers: unknown, message: string) => {
      expect(() => optimizer.loadStateDict({ ...state, optimizers } as never)).toThrow(message);
      expect(optimizer.stateDict()).toEqual(later);
    };
    refused([first], `${fails} state.optimizers must be 2 states, got`);
    refused(null, `${fails} state.optimizers must be 2 states, got null`);
    refused([first, 1], `${fails} state.optimizers[1] must be a record, got 1`);
    refused([first, first], 'AdamW: state is that of another optimizer, "SGD"');
    optimizer.loadStateDict(state);
    expect(optimizer.stateDict()).toEqual(state);
    end();
  });

  it('refuses what it cannot join', () => {
    const [w, v] = [testVariable([0]), testVariable([0])];
    const sgd = new SGD({ w });
    expect(() => new JointOptimizer([])).toThrow(
      `${fails} optimizers must be a list of at least one, got []`,
    );
    expect(() => new JointOptimizer(sgd as never)).toThrow(
      `${fails} optimizers must be a list of at least one`,
    );
    expect(() => new JointOptimizer([sgd, {} as never])).toThrow(
      `${fails} optimizers[1] must be an optimizer`,
    );
    expect(() => new JointOptimizer([sgd, sgd])).toThrow(`${fails} parameter "w" is given twice`);
    expect(() => new JointOptimizer([sgd, new SGD({ w: v })])).toThrow(
      `${fails} parameter "w" is given twice`,
    );
    expect(() => new JointOptimizer([sgd, new SGD({ x: w })])).toThrow(
      `${fails} parameters "w" and "x" are one variable`,
    );
    dispose([w, v]);
  });
});

describe('Muon', () => {
  it('has the defaults of torch.optim.Muon', () => {
    const w = testVariable([
      [1, 2],
      [3, 4],
    ]);
    const optimizer = new Muon({ w });
    expect(optimizer.paramGroups[0]).toMatchObject({
      learningRate: 1e-3,
      weightDecay: 0.1,
      momentum: 0.95,
      nesterov: true,
      nsSteps: 5,
      epsilon: 1e-7,
      matchRmsAdamW: false,
    });
    w.dispose();
  });

  it('refuses parameters of less than two axes, and a fraction of an iteration, when set later too', () => {
    const [w, bias] = [testVariable([[1, 2]]), testVariable([1])];
    expect(() => new Muon({ w, bias })).toThrow(
      '[loopwright/optimizers] Muon: parameter "bias" must be a matrix or kernel, and has shape [1]',
    );
    expect(() => new Muon({ w }, { nsSteps: 1.5 })).toThrow('Muon: nsSteps must be an integer at least 1');
    const optimizer = new Muon({ w });
    (optimizer.paramGroups[0] as { nsSteps: number }).nsSteps = 2.5;
    const gradient = tensor2d([[1, 1]]);
    expect(() => optimizer.step({ w: gradient })).toThrow(
      'Muon: group "default": nsSteps must be an integer',
    );
    expect([...w.dataSync()]).toEqual([1, 2]);
    dispose([w, bias, gradient]);
  });
});
