import { namedVariables } from '@loopwright/core';
import { countTensorsInEveryTest, expectNoLeak, testVariable, tinyClassifier } from '@loopwright/test-utils';
import { dispose, tensor1d, tidy, variable } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { AdamW } from './adamw.ts';
import { groupParams, namedParameters } from './param-groups.ts';
import { SGD } from './sgd.ts';

countTensorsInEveryTest();

const named = (optimizer: { paramGroups: readonly { name: string; params: object }[] }) =>
  Object.fromEntries(optimizer.paramGroups.map(({ name, params }) => [name, Object.keys(params)]));

describe('namedParameters', () => {
  it('leaves out the statistics of batch normalization', async () => {
    const model = tinyClassifier();
    const parameters = await expectNoLeak(() => namedParameters(model));
    expect(Object.keys(parameters)).toEqual([
      'hidden/kernel',
      'norm/gamma',
      'norm/beta',
      'head/kernel',
      'head/bias',
    ]);
    model.dispose();
  });

  it('finds the same weights when layers are frozen, and leaves every flag as it was', () => {
    const model = tinyClassifier();
    const all = Object.keys(namedParameters(model));
    model.getLayer('norm').trainable = false;
    const { 'hidden/kernel': kernel, 'head/bias': bias } = namedVariables(model);
    const ofLayer = model.weights.find((weight) => weight.read() === kernel);
    Object.assign(ofLayer as object, { trainable: false }); // as its layer does
    Object.assign(bias as object, { trainable: false }); // as a user may
    const flags = () => [
      model.layers.map((layer) => layer.trainable),
      model.layers.flatMap((layer) => layer.weights.map((weight) => [weight.name, weight.trainable])),
      Object.entries(namedVariables(model)).map(([name, { trainable }]) => [name, trainable]),
    ];
    const before = flags();
    expect(Object.keys(namedParameters(model))).toEqual(all);
    expect(flags()).toEqual(before);
    model.dispose();
  });

  it('finds the weights of nested models, recurrent and wrapped layers, frozen or not', () => {
    const inner = sequential({ layers: [layers.dense({ name: 'a', units: 2, inputShape: [3, 2] })] });
    const model = sequential({
      layers: [
        inner,
        layers.timeDistributed({ name: 'steps', layer: layers.dense({ units: 2 }) }),
        layers.lstm({ name: 'memory', units: 2, recurrentInitializer: 'glorotUniform', trainable: false }),
      ],
    });
    const names = Object.keys(namedParameters(model));
    expect(names).toHaveLength(2 + 2 + 3);
    model.trainable = false;
    expect(Object.keys(namedParameters(model))).toEqual(names);
    model.dispose();
  });
});

describe('parameter groups', () => {
  it('is one by default, and two with noDecay', () => {
    const model = tinyClassifier();
    expect(Object.keys(named(new AdamW(model)))).toEqual(['default']);
    const optimizer = new AdamW(model, {
      weightDecay: 0.1,
      noDecay: (_, variable) => variable.rank < 2,
    });
    expect(named(optimizer)).toEqual({
      default: ['hidden/kernel', 'head/kernel'],
      'default.noDecay': ['norm/gamma', 'norm/beta', 'head/bias'],
    });
    expect(optimizer.paramGroups.map(({ weightDecay }) => weightDecay)).toEqual([0.1, 0]);
    model.dispose();
  });

  it('takes options of its own over those of the optimizer', () => {
    const [w, b] = [testVariable([1]), testVariable([1])];
    const optimizer = new AdamW(
      [
        { name: 'weights', params: { w } },
        { name: 'biases', params: { b }, learningRate: 0.2, weightDecay: 0 },
      ],
      { learningRate: 0.1, weightDecay: 0.3 },
    );
    expect(optimizer.paramGroups).toMatchObject([
      { name: 'weights', learningRate: 0.1, weightDecay: 0.3, beta1: 0.9 },
      { name: 'biases', learningRate: 0.2, weightDecay: 0, beta1: 0.9 },
    ]);
    dispose([w, b]);
  });

  it('is made by any rule with groupParams', () => {
    const model = tinyClassifier();
    const groups = groupParams(model, (name) => (name.startsWith('head/') ? 'head' : 'backbone'), {
      backbone: { learningRate: 1e-4 },
    });
    const optimizer = new SGD(groups, { learningRate: 1e-2 });
    expect(named(optimizer)).toEqual({
      backbone: ['hidden/kernel', 'norm/gamma', 'norm/beta'],
      head: ['head/kernel', 'head/bias'],
    });
    expect(optimizer.paramGroups.map(({ learningRate }) => learningRate)).toEqual([1e-4, 1e-2]);
    expect(() => groupParams(model, () => 'all', { haed: { learningRate: 1 } })).toThrow(
      '[loopwright/optimizers] groupParams: options.haed is for a group without parameters',
    );
    model.dispose();
  });

  it('names what is wrong with them', () => {
    const [w, v] = [testVariable([1]), testVariable([2])];
    const counter = tidy(() => variable(tensor1d([1], 'int32')));
    const refused = (params: unknown, message: string) =>
      expect(() => new SGD(params as never)).toThrow(`[loopwright/optimizers] SGD: ${message}`);
    refused(7, 'params must be a tf.LayersModel or a record of tf.Variable, got 7');
    refused({}, 'params must be a tf.LayersModel or a record of tf.Variable, got {  }');
    refused([w, v], 'params must hold variables by name, in a record, and not a list of them');
    refused([], 'params must hold at least one parameter group, got []');
    refused({ counter }, 'parameter "counter" must be float32, got int32');
    refused({ w, v: w }, 'parameters "w" and "v" are one variable');
    refused({ [v.name]: w, w: v }, `parameter "${v.name}" bears the name of the variable of parameter "w"`);
    refused([{ params: { w } }], 'name of a parameter group must be a non-empty string, got undefined');
    refused([{ name: 'a', params: { w }, select: () => false }], 'parameter group "a" is empty');
    refused([{ name: 'a', params: { w }, lr: 1 }], 'unknown option "lr"');
    refused([{ name: 'a', params: { w }, momentum: -1 }], 'group "a": momentum must be');
    refused(
      [
        { name: 'a', params: { w } },
        { name: 'a', params: { v } },
      ],
      'two parameter groups are named "a"',
    );
    refused(
      [
        { name: 'a', params: { w } },
        { name: 'b', params: { w: v } },
      ],
      'parameter "w" is given twice',
    );
    dispose([w, v, counter]);
  });
});
