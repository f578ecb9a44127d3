import { checker, namedVariables, show } from '@loopwright/core';
import type { TensorFlow } from '@loopwright/tensorflow/portable';
import type { Variable } from '@tensorflow/tfjs-core';

type LayersModel = InstanceType<TensorFlow['LayersModel']>;
type Layer = LayersModel['layers'][number];

/** A weight of a `tf.layers` model and the form that it has in PyTorch. */
export interface TorchWeight {
  readonly variable: Variable;
  /** […space, in, out] of a kernel; a linear layer after a flattened image is one whose space is the whole image. */
  readonly kernelShape: readonly number[];
  readonly torchShape: readonly number[];
}

/** What PyTorch calls a layer's weights, by the layer's class. */
const namesByClass: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Conv2D: { kernel: 'weight', bias: 'bias' },
  Dense: { kernel: 'weight', bias: 'bias' },
  BatchNormalization: {
    gamma: 'weight',
    beta: 'bias',
    moving_mean: 'running_mean',
    moving_variance: 'running_var',
  },
  SimpleSelfAttention: {
    kernel: 'conv.weight_orig',
    left: 'conv.weight_u',
    right: 'conv.weight_v',
    gamma: 'gamma',
  },
};

const check = checker('examples', 'torchWeightsOf');

/**
 * The weights of a model by the names that they have in PyTorch's state dict, if its layers have PyTorch's names.
 *
 * @throws LoopwrightError if a layer with weights is of a class whose weights have no known name there
 * @example
 * Object.keys(torchWeightsOf(resnet18(tf, options))); // ['conv1.weight', 'bn1.weight', …, 'fc.bias']
 */
export function torchWeightsOf(model: LayersModel): Record<string, TorchWeight> {
  return Object.fromEntries(
    Object.entries(namedVariables(model)).map(([path, variable]) => {
      const [layerName, weightName] = path.split('/') as [string, string];
      const layer = model.getLayer(layerName);
      const torchName = namesByClass[layer.getClassName()]?.[weightName];
      if (torchName === undefined) check.fail(`no name in PyTorch is known for the weight ${show(path)}`);
      return [`${layerName}.${torchName}`, inTorchForm(layer, variable)];
    }),
  );
}

function inTorchForm(layer: Layer, variable: Variable): TorchWeight {
  if (variable.rank === 1) return { variable, kernelShape: variable.shape, torchShape: variable.shape };
  const [inputs, outputs] = variable.shape.slice(-2) as [number, number];
  const space = variable.shape.slice(0, -2);
  const torchShape = [outputs, inputs, ...space];
  const flattened = imageBefore(layer);
  return { variable, kernelShape: flattened ? [...flattened, outputs] : variable.shape, torchShape };
}

/** Height, width and channels of the image whose pixels a layer gets in one row, if it does. */
function imageBefore(layer: Layer): number[] | undefined {
  const previous = layer.inboundNodes[0]?.inboundLayers[0];
  if (layer.getClassName() !== 'Dense' || previous?.getClassName() !== 'Flatten') return undefined;
  return [previous.input].flat()[0]!.shape.slice(1) as number[];
}
