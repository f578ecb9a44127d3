import { countTensorsInEveryTest, tinyClassifier } from '@loopwright/test-utils';
import { dispose } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model as layersModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { formatSummary, summary } from './model-summary.ts';
import { namedVariables } from './named-variables.ts';

countTensorsInEveryTest();

describe('summary', () => {
  it('has a row for each layer', () => {
    const model = tinyClassifier();
    expect(summary(model)).toEqual([
      { layer: 'hidden', type: 'Dense', outputShape: [null, 5], weights: 20, trainable: 20 },
      { layer: 'norm', type: 'BatchNormalization', outputShape: [null, 5], weights: 20, trainable: 10 },
      { layer: 'relu', type: 'Activation', outputShape: [null, 5], weights: 0, trainable: 0 },
      { layer: 'head', type: 'Dense', outputShape: [null, 3], weights: 18, trainable: 18 },
    ]);
    model.dispose();
  });

  it('follows what is frozen: a layer, a variable, a whole model', () => {
    const model = tinyClassifier();
    const trainable = () => summary(model).map((row) => row.trainable);
    model.getLayer('hidden').trainable = false;
    expect(trainable()).toEqual([0, 10, 0, 18]);
    namedVariables(model)['head/bias']!.trainable = false;
    expect(trainable()).toEqual([0, 10, 0, 15]);
    model.trainable = false;
    expect(trainable()).toEqual([0, 0, 0, 0]);
    expect(summary(model).map(({ weights }) => weights)).toEqual([20, 20, 0, 18]);
    model.dispose();
  });

  it('describes branches, nested models and layers without names of a functional model', () => {
    const stem = sequential({
      name: 'stem',
      layers: [
        layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', inputShape: [8, 8, 3] }),
        layers.conv2d({ filters: 4, kernelSize: 1, useBias: false }),
      ],
    });
    const image = input({ shape: [8, 8, 3], name: 'image' });
    const features = stem.apply(image) as SymbolicTensor;
    const branch = layers.maxPooling2d({ poolSize: 2 }).apply(features) as SymbolicTensor;
    const pooled = layers.globalAveragePooling2d({ name: 'pool' }).apply(branch) as SymbolicTensor;
    const classes = layers.dense({ units: 2, name: 'head' }).apply(pooled) as SymbolicTensor;
    const model = layersModel({ inputs: image, outputs: [classes, features] });
    const before = summary(model);
    expect(
      before.map(({ layer, type, outputShape, weights }) => [layer, type, outputShape, weights]),
    ).toEqual([
      ['image', 'InputLayer', [null, 8, 8, 3], 0],
      ['stem/conv2d_1', 'Conv2D', [null, 8, 8, 4], 112],
      ['stem/conv2d_2', 'Conv2D', [null, 8, 8, 4], 16],
      ['max_pooling2d_1', 'MaxPooling2D', [null, 4, 4, 4], 0],
      ['pool', 'GlobalAveragePooling2D', [null, 4], 0],
      ['head', 'Dense', [null, 2], 10],
    ]);
    const names = Object.keys(namedVariables(model));
    expect(names).toContain('stem/conv2d_2/kernel');
    stem.trainable = false;
    expect(summary(model).map(({ trainable }) => trainable)).toEqual([0, 0, 0, 0, 0, 10]);
    model.dispose();
  });

  it('counts a shared layer once, and tells all of its shapes', () => {
    const shared = layers.dense({ units: 3, name: 'shared' });
    const [left, right] = [input({ shape: [4], name: 'left' }), input({ shape: [5, 4], name: 'right' })];
    const outputs = [shared.apply(left), shared.apply(right)] as SymbolicTensor[];
    const model = layersModel({ inputs: [left, right], outputs });
    const row = summary(model).find(({ layer }) => layer === 'shared');
    expect(row).toMatchObject({
      weights: 15,
      outputShape: [
        [null, 3],
        [null, 5, 3],
      ],
    });
    expect(formatSummary([row!])).toContain('[?, 3], [?, 5, 3]');
    // TensorFlow.js keeps the weights of a layer that was used twice.
    dispose(Object.values(namedVariables(model)));
    model.dispose();
  });

  it('sums to the weights of the model', () => {
    const model = sequential({
      layers: [
        layers.timeDistributed({ layer: layers.dense({ units: 4 }), inputShape: [5, 2] }),
        layers.lstm({ units: 3, recurrentInitializer: 'zeros' }),
        layers.dense({ units: 2 }),
      ],
    });
    const total = summary(model).reduce((sum, { weights }) => sum + weights, 0);
    expect(total).toBe(model.countParams());
    model.dispose();
  });

  it('refuses what is no model, and one without layers', () => {
    expect(() => summary({} as never)).toThrow(
      '[loopwright/core] summary: model must be a tf.LayersModel, got {  }',
    );
    expect(() => summary(sequential())).toThrow('[loopwright/core] summary: model has no layers');
  });
});

describe('formatSummary', () => {
  it('lays the rows out as a table', () => {
    const rows = [
      { layer: 'conv', type: 'Conv2D', outputShape: [null, 28, 28, 64], weights: 1792, trainable: 0 },
      { layer: 'block/head', type: 'Dense', outputShape: [null, 10], weights: 10, trainable: 10 },
    ];
    expect(formatSummary(rows)).toBe(
      [
        'layer       type    output shape     weights  trainable',
        '───────────────────────────────────────────────────────',
        'conv        Conv2D  [?, 28, 28, 64]    1,792          0',
        'block/head  Dense   [?, 10]               10         10',
        '───────────────────────────────────────────────────────',
        '2 layers                               1,802         10',
      ].join('\n'),
    );
  });
});
