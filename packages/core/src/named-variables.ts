import type { Variable } from '@tensorflow/tfjs-core';
import { checker } from './check.ts';
import { show } from './errors.ts';

/** The part of a `tf.LayersModel` that names and holds its weights. */
export interface LayersModelLike {
  readonly layers: readonly LayerLike[];
  readonly weights: readonly LayerWeightLike[];
}

/** The part of a `tf.layers.Layer` that is used. */
export interface LayerLike {
  readonly name: string;
  readonly weights: readonly LayerWeightLike[];
  getClassName(): string;
}

/** The part of a layer's variable that is used. Its variable is `protected` in the types, and there at run time. */
export interface LayerWeightLike {
  readonly originalName: string;
  readonly trainable: boolean;
}

/** Whatever holds variables: a `tf.LayersModel`, or variables by name. */
export type VariableSource = LayersModelLike | Readonly<Record<string, Variable>>;

const check = checker('core', 'namedVariables');

/**
 * Whether a value is a `tf.LayersModel`.
 *
 * @example
 * isLayersModel(model); // true
 */
export function isLayersModel(value: unknown): value is LayersModelLike {
  const candidate = value as Partial<LayersModelLike> | null | undefined;
  return Array.isArray(candidate?.layers) && Array.isArray(candidate?.weights);
}

/**
 * Whether a value is a record of variables, at least one.
 *
 * @example
 * isVariableRecord({ temperature: tf.variable(tf.scalar(2)) }); // true
 */
export function isVariableRecord(value: unknown): value is Readonly<Record<string, Variable>> {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.values(value);
  return entries.length > 0 && entries.every(isVariable);
}

/**
 * Whether a value is a `tf.Variable`.
 *
 * @example
 * isVariable(tf.variable(tf.scalar(2))); // true
 * isVariable(tf.scalar(2)); // false
 */
export function isVariable(value: unknown): value is Variable {
  const candidate = value as Partial<Variable> | null | undefined;
  return typeof candidate?.assign === 'function' && typeof candidate.dataSync === 'function';
}

/**
 * The variables of a model by a name that is the same in every process and for every copy of the model.
 *
 * A layer's weight is named `layer/weight`, and `outer/layer/weight` inside nested models. TensorFlow.js numbers
 * layers without a name by how many the *process* has made (`conv2d_Conv2D7`), which differs between copies; here they
 * are numbered within their model (`conv2d_1`), and those inside a wrapper within it
 * (`bidirectional_1/forward_lstm_1/kernel`). A record of variables keeps its keys.
 *
 * @returns live variables, trainable or not; they stay the model's
 * @throws LoopwrightError if two weights would get one name, or the subject holds no variables
 * @example
 * Object.keys(namedVariables(model)); // ['hidden/kernel', 'hidden/bias', 'norm/gamma', …]
 */
export function namedVariables(subject: VariableSource): Record<string, Variable> {
  if (isLayersModel(subject)) return collectLayers(subject);
  if (isVariableRecord(subject)) return { ...subject };
  return check.fail(`expected a tf.LayersModel or a record of tf.Variable, got ${show(subject)}`);
}

/**
 * The layers of a model by the names that {@link namedVariables} gives their weights. Nested models are not among them, but
 * the layers inside.
 */
export function namedLayers(
  model: LayersModelLike,
  prefix = '',
): readonly (readonly [name: string, layer: LayerLike])[] {
  const counts = new Map<string, number>();
  return model.layers.flatMap((layer) => {
    const name = prefix + stableLayerName(layer, counts);
    return isLayersModel(layer) ? namedLayers(layer, `${name}/`) : [[name, layer] as const];
  });
}

function collectLayers(model: LayersModelLike): Record<string, Variable> {
  const result: Record<string, Variable> = {};
  for (const [name, layer] of namedLayers(model)) {
    for (const [key, variable] of Object.entries(collectWeights(layer, name))) {
      if (key in result && result[key] !== variable)
        check.fail(`two weights of the model are named ${show(key)}`);
      result[key] = variable;
    }
  }
  return result;
}

function collectWeights(layer: LayerLike, name: string): Record<string, Variable> {
  const innerNames = namesInside(layer);
  const owned = layer.weights.map((weight) => {
    const path = weight.originalName.startsWith(`${layer.name}/`)
      ? weight.originalName.slice(layer.name.length + 1)
      : weight.originalName;
    const stable = path.split('/').map((part) => innerNames.get(part) ?? part);
    return [[name, ...stable].join('/'), variableOf(weight)] as const;
  });
  const result: Record<string, Variable> = {};
  for (const [key, variable] of owned) {
    if (key in result) check.fail(`two weights of layer ${show(layer.name)} are named ${show(key)}`);
    result[key] = variable;
  }
  return result;
}

/**
 * The stable names of the layers inside a wrapper, by their own, of which the paths of its weights consist. TensorFlow.js
 * has no list of these layers, so every field that holds some is followed.
 */
function namesInside(wrapper: LayerLike): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isLayer(value) || names.has(value.name)) return;
    names.set(value.name, stableLayerName(value, counts));
    visit(isLayersModel(value) ? value.layers : Object.values(value));
  };
  visit(Object.values(wrapper));
  return names;
}

function isLayer(value: unknown): value is LayerLike {
  const candidate = value as Partial<LayerLike> | null | undefined;
  return typeof candidate?.getClassName === 'function' && Array.isArray(candidate.weights);
}

/** The name a user gave, or `prefix_n` with n counted within the model. */
function stableLayerName(layer: LayerLike, counts: Map<string, number>): string {
  const numbered = isLayersModel(layer) ? /^(.+?)_?\d+$/ : new RegExp(`^(.+)_${layer.getClassName()}\\d+$`);
  const prefix = numbered.exec(layer.name)?.[1];
  if (prefix === undefined) return layer.name;
  const count = (counts.get(prefix) ?? 0) + 1;
  counts.set(prefix, count);
  return `${prefix}_${count}`;
}

/** The live variable of a layer's weight. */
export function variableOf(weight: LayerWeightLike): Variable {
  return (weight as unknown as { val: Variable }).val;
}
