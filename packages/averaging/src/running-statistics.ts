import { type Checker, isLayersModel, namedVariables, show, type VariableSource } from '@loopwright/core';
import type { Variable } from '@tensorflow/tfjs-core';
import { defaultBuffers } from './buffers.ts';
import { type LayerNode, layersWithin } from './layer-tree.ts';

/** The names of one normalization's running mean and variance. */
export interface StatisticNames {
  readonly mean: string;
  readonly variance: string;
}

/** One running statistic: a mean or a variance. */
export interface RunningStatistic {
  readonly name: string;
  readonly variable: Variable;
  /** 1 − α of `r ← (1 − α) · r + α · value`, where it is known. */
  readonly momentum: number | undefined;
}

/** The two running statistics of one normalization. */
export interface RunningStatistics {
  readonly mean: RunningStatistic;
  readonly variance: RunningStatistic;
}

/**
 * The running statistics of a model: the pairs named by the user, or all pairs of buffers whose names differ in
 * `mean` against `var` or `variance` after `moving` or `running` (`norm/moving_mean`, `bn1.runningVar`).
 *
 * @throws LoopwrightError if a statistic has no partner, is trainable or not float32
 */
export function findRunningStatistics(
  check: Checker,
  model: VariableSource,
  options: { readonly statistics?: readonly StatisticNames[]; readonly momentum?: number },
): RunningStatistics[] {
  const { statistics, momentum } = options;
  if (momentum !== undefined) check.number('momentum', momentum, { min: 0, below: 1 });
  const names = statistics === undefined ? undefined : checkNames(check, statistics);
  const variables = namedVariables(model);
  const isBuffer = defaultBuffers(model);
  const momenta = isLayersModel(model) ? momentaOfLayers(model) : new Map<Variable, number>();
  const statistic = (name: string): RunningStatistic => {
    const variable = variables[name];
    if (variable === undefined) return check.fail(`statistics: the model has no variable ${show(name)}`);
    if (!isBuffer(name, variable)) {
      check.fail(
        `${show(name)} is trainable, so it cannot hold a running statistic: tf.variable(value, false)`,
      );
    }
    if (variable.dtype !== 'float32') check.fail(`${show(name)} must be float32, got ${variable.dtype}`);
    return { name, variable, momentum: momenta.get(variable) ?? momentum };
  };
  return (names ?? pairByName(check, Object.keys(variables))).map(({ mean, variance }) => ({
    mean: statistic(mean),
    variance: statistic(variance),
  }));
}

function checkNames(check: Checker, statistics: readonly StatisticNames[]): readonly StatisticNames[] {
  if (!Array.isArray(statistics))
    check.fail(`statistics must be a list of { mean, variance }, got ${show(statistics)}`);
  return statistics.map((pair: StatisticNames) => {
    const { mean, variance } = check.options(pair, ['mean', 'variance']);
    return {
      mean: check.string('statistics.mean', mean),
      variance: check.string('statistics.variance', variance),
    };
  });
}

const statisticName = /^(.*(?:moving|running)_?)(mean|var|variance)$/i;

function pairByName(check: Checker, names: readonly string[]): StatisticNames[] {
  const pairs = new Map<string, Partial<StatisticNames>>();
  for (const name of names) {
    const [, stem, ending] = statisticName.exec(name) ?? [];
    if (stem === undefined) continue;
    const role = ending?.toLowerCase() === 'mean' ? 'mean' : 'variance';
    pairs.set(stem, { ...pairs.get(stem), [role]: name });
  }
  return [...pairs.values()].map(({ mean, variance }) => {
    if (mean !== undefined && variance !== undefined) return { mean, variance };
    return check.fail(`${show(mean ?? variance)} has no partner; name the pairs in options.statistics`);
  });
}

/** A `tf.layers.batchNormalization` at run time. */
interface BatchNormalization extends LayerNode {
  readonly momentum: number;
  readonly scale: boolean;
  readonly center: boolean;
}

function momentaOfLayers(model: object): Map<Variable, number> {
  const momenta = new Map<Variable, number>();
  for (const layer of layersWithin(model).filter(isBatchNormalization)) {
    for (const weight of layer._nonTrainableWeights) momenta.set(weight.val, layer.momentum);
  }
  return momenta;
}

/** Of a `tf.LayersModel`, the first normalization without scale or offset, which only some engines run in training mode. */
export function incompleteNormalization(model: VariableSource): LayerNode | undefined {
  if (!isLayersModel(model)) return undefined;
  return layersWithin(model)
    .filter(isBatchNormalization)
    .find(({ scale, center }) => !scale || !center);
}

function isBatchNormalization(layer: LayerNode): layer is BatchNormalization {
  return layer.getClassName() === 'BatchNormalization';
}
