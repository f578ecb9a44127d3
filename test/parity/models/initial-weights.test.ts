import { namedVariables } from '@loopwright/core';
import { expectNoLeak } from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { resnet18 } from '../../../examples/models/resnet18.ts';
import { simplifiedVgg } from '../../../examples/models/simplified-vgg.ts';
import { smallNet } from '../../../examples/models/small-net.ts';
import { xresnet18 } from '../../../examples/models/xresnet18.ts';

const images = { inputShape: [32, 32, 3], classes: 10 } as const;

/** Standard deviation and largest absolute value of a weight of so many elements that chance plays no part. */
function spreadOf(model: tf.LayersModel, name: string): { std: number; largest: number } {
  const values = namedVariables(model)[name]!.dataSync();
  let [sum, squares, largest] = [0, 0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
    largest = Math.max(largest, Math.abs(value));
  }
  const mean = sum / values.length;
  return { std: Math.sqrt(squares / values.length - mean ** 2), largest };
}

function expectConstant(model: tf.LayersModel, name: string, value: number): void {
  expect(new Set(namedVariables(model)[name]!.dataSync()), name).toEqual(new Set([value]));
}

it("resnet18's are torchvision's", () =>
  expectNoLeak(() => {
    const model = resnet18(tf, { ...images, seed: 1 });
    const kernel = spreadOf(model, 'layer4.1.conv1/kernel');
    expect(kernel.std).toBeCloseTo(Math.sqrt(2 / (9 * 512)), 4);
    expect(kernel.largest / kernel.std, 'not truncated').toBeGreaterThan(4);
    // By the filters that leave the layer, not by the channels that enter it.
    expect(spreadOf(model, 'layer4.0.conv1/kernel').std).toBeCloseTo(Math.sqrt(2 / (9 * 512)), 4);
    const bound = 1 / Math.sqrt(512);
    expect(spreadOf(model, 'fc/kernel').std).toBeCloseTo(bound / Math.sqrt(3), 3);
    expect(spreadOf(model, 'fc/kernel').largest).toBeLessThanOrEqual(bound);
    expect(spreadOf(model, 'fc/bias').largest).toBeGreaterThan(0);
    expectConstant(model, 'layer4.1.bn2/gamma', 1);
    expectConstant(model, 'layer4.1.bn2/beta', 0);
    model.dispose();
  }));

it("xresnet18's are fastai's", () =>
  expectNoLeak(() => {
    const model = xresnet18(tf, { ...images, selfAttention: true, seed: 1 });
    expect(spreadOf(model, 'layer4.0.conv1.conv/kernel').std).toBeCloseTo(Math.sqrt(2 / (9 * 256)), 4);
    expect(spreadOf(model, 'layer1.1.attention/kernel').std).toBeCloseTo(Math.sqrt(2 / 64), 2);
    expect(spreadOf(model, 'fc/kernel').std).toBeCloseTo(Math.sqrt(2 / 512), 2);
    expectConstant(model, 'layer4.1.conv1.bn/gamma', 1);
    expectConstant(model, 'layer4.1.conv2.bn/gamma', 0);
    expectConstant(model, 'layer1.1.attention/gamma', 0);
    expectConstant(model, 'fc/bias', 0);
    model.dispose();
  }));

it("smallNet's are PyTorch's defaults, and simplifiedVgg's torchvision's", () =>
  expectNoLeak(() => {
    const small = smallNet(tf, { seed: 1 });
    expect(spreadOf(small, 'fc1/kernel').std).toBeCloseTo(1 / Math.sqrt(3 * 2048), 4);
    expect(spreadOf(small, 'conv3/kernel').largest).toBeLessThanOrEqual(1 / Math.sqrt(9 * 64));
    expect(spreadOf(small, 'conv3/bias').largest).toBeGreaterThan(0);
    const vgg = simplifiedVgg(tf, { ...images, seed: 1 });
    expect(spreadOf(vgg, 'cnn_features.12/kernel').std).toBeCloseTo(Math.sqrt(2 / (9 * 256)), 3);
    expect(spreadOf(vgg, 'fc.0/kernel').std).toBeCloseTo(0.01, 4);
    expectConstant(vgg, 'fc.0/bias', 0);
    small.dispose();
    vgg.dispose();
  }));

it('depend on the seed, any integer, and on nothing else', () =>
  expectNoLeak(() => {
    const [model, same, other] = [0, 0, 1].map((seed) => smallNet(tf, { seed }));
    const kernels = [model, same, other].map((each) => [
      ...namedVariables(each!)['conv2/kernel']!.dataSync().slice(0, 99),
    ]);
    expect(kernels[1]).toEqual(kernels[0]);
    expect(kernels[2]).not.toEqual(kernels[0]);
    for (const each of [model, same, other]) each!.dispose();
    expect(() => smallNet(tf, { seed: 0.5 })).toThrow('key must be an integer, got 0.5');
  }));
