import type { Variable } from '@tensorflow/tfjs-core';
import { checker } from './check.ts';
import { show } from './errors.ts';
import {
  isLayersModel,
  type LayerLike,
  type LayersModelLike,
  type LayerWeightLike,
  namedLayers,
  variableOf,
} from './named-variables.ts';

/** A shape; lengths that are free, as that of the batch, are `null`. */
export type LayerShape = readonly (number | null)[];

/** What one layer of a model is. */
export interface LayerSummary {
  /** Its name, as the names of its weights begin in `namedVariables`. */
  readonly layer: string;
  /** Its class, for example `Conv2D`. */
  readonly type: string;
  /** The shape of its output; a list of shapes if it has several outputs, or is used several times with different ones. */
  readonly outputShape: LayerShape | readonly LayerShape[];
  /** How many numbers its weights hold. */
  readonly weights: number;
  /** How many of these train now. */
  readonly trainable: number;
}

/** The part of a built layer that has its shapes. */
interface BuiltLayer extends LayerLike {
  readonly inboundNodes: readonly { readonly outputShapes: LayerShape | readonly LayerShape[] }[];
}

interface TrainableModel extends LayersModelLike {
  readonly trainableWeights: readonly LayerWeightLike[];
}

const check = checker('core', 'summary');

/**
 * The layers of a model, in its order: a row each, those inside nested models too, with their names after the model's as
 * in `outer/inner`.
 *
 * A weight that several layers share counts where it comes first, so that the sums are those of the model. What trains follows
 * from everything that freezes: `layer.trainable`, that of a model around it, and the variable's own flag.
 *
 * @param model nothing is read from the device
 * @throws LoopwrightError if it is no `tf.LayersModel`, or has no layers
 * @example
 * const [, hidden] = summary(model);
 * hidden; // { layer: 'hidden', type: 'Dense', outputShape: [null, 8], weights: 392, trainable: 392 }
 */
export function summary(model: LayersModelLike): LayerSummary[] {
  if (!isLayersModel(model)) return check.fail(`model must be a tf.LayersModel, got ${show(model)}`);
  if (model.layers.length === 0) return check.fail('model has no layers');
  const { trainableWeights } = model as TrainableModel;
  const training = new Set(trainableWeights.map(variableOf).filter((variable) => variable.trainable));
  const remaining = new Set(model.weights.map(variableOf));
  return namedLayers(model).map(([name, layer]) => {
    const own = layer.weights.map(variableOf).filter((variable) => remaining.delete(variable));
    return {
      layer: name,
      type: layer.getClassName(),
      outputShape: outputShapeOf(layer as BuiltLayer),
      weights: sizeOf(own),
      trainable: sizeOf(own.filter((variable) => training.has(variable))),
    };
  });
}

/**
 * A summary as a table, with the sums in its last line.
 *
 * @param rows as {@link summary} returns them, or some of them
 * @returns lines of text for a terminal
 * @example
 * console.log(formatSummary(summary(model)));
 */
export function formatSummary(rows: readonly LayerSummary[]): string {
  const sum = (key: 'weights' | 'trainable') => rows.reduce((total, row) => total + row[key], 0);
  const table = [
    ['layer', 'type', 'output shape', 'weights', 'trainable'],
    ...rows.map(({ layer, type, outputShape, weights, trainable }) => [
      layer,
      type,
      shapeText(outputShape),
      countText(weights),
      countText(trainable),
    ]),
    [`${rows.length} layers`, '', '', countText(sum('weights')), countText(sum('trainable'))],
  ];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0))) ?? [];
  const lines = table.map((cells) =>
    cells
      .map((cell, column) =>
        column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const rule = '─'.repeat(lines[0]?.length ?? 0);
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1)].join('\n');
}

function outputShapeOf({ inboundNodes }: BuiltLayer): LayerSummary['outputShape'] {
  const shapes = inboundNodes.flatMap(({ outputShapes }) =>
    isShape(outputShapes) ? [outputShapes] : outputShapes,
  );
  const distinct = [...new Map(shapes.map((shape) => [shape.join(), shape])).values()];
  return distinct.length === 1 ? (distinct[0] as LayerShape) : distinct;
}

function isShape(shape: LayerShape | readonly LayerShape[]): shape is LayerShape {
  return !Array.isArray(shape[0]);
}

function sizeOf(variables: readonly Variable[]): number {
  return variables.reduce((total, { size }) => total + size, 0);
}

/** `[?, 28, 28, 1]` */
function shapeText(shape: LayerSummary['outputShape']): string {
  if (!isShape(shape)) return shape.map(shapeText).join(', ');
  return `[${shape.map((length) => length ?? '?').join(', ')}]`;
}

function countText(count: number): string {
  return count.toLocaleString('en');
}
