import { type Tensor1D, type Tensor2D, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

/** A named two-layer classifier of 4 features into 3 classes with batch normalization and fixed weights. */
export function tinyClassifier(): LayersModel {
  const model = sequential({
    layers: [
      layers.dense({ name: 'hidden', units: 5, inputShape: [4], useBias: false }),
      layers.batchNormalization({ name: 'norm' }),
      layers.activation({ name: 'relu', activation: 'relu' }),
      layers.dense({ name: 'head', units: 3 }),
    ],
  });
  const fixed = model.weights.map((weight, index) => {
    const shape = weight.shape as number[];
    const size = shape.reduce((product, length) => product * length, 1);
    const positive = weight.originalName.endsWith('moving_variance') || weight.originalName.endsWith('gamma');
    const values = Float32Array.from({ length: size }, (_, i) => Math.sin(7 * index + i + 1) * 0.5);
    return tensor(positive ? values.map((value) => 1 + Math.abs(value)) : values, shape);
  });
  model.setWeights(fixed);
  for (const value of fixed) value.dispose();
  return model;
}

/** `size` deterministic samples for {@link tinyClassifier}; the caller owns both tensors. */
export function tinyBatch(size = 6, offset = 0): { inputs: Tensor2D; labels: Tensor1D } {
  const values = Float32Array.from({ length: size * 4 }, (_, i) => Math.cos(3 * (i + offset) + 1));
  const labels = Int32Array.from({ length: size }, (_, i) => (i * 2 + offset) % 3);
  return { inputs: tensor2d(values, [size, 4]), labels: tensor1d(labels, 'int32') };
}
