import { checker, isLayersModel, show, type VariableSource } from '@loopwright/core';
import { clone, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { batchStatistics, type TrainingForward } from './batch-statistics.ts';
import { type BatchSource, inputsOf, startPass } from './batches.ts';
import { type Moments, poolMoments } from './pooled-moments.ts';
import {
  findRunningStatistics,
  incompleteNormalization,
  type RunningStatistic,
  type RunningStatistics,
  type StatisticNames,
} from './running-statistics.ts';

/** Options of {@link updateBatchNorm}. */
export interface UpdateBatchNormOptions<B> {
  /**
   * Runs the model on a batch in training mode, so that its running statistics move; by default
   * `model.apply(inputs, { training: true })`. Tensors that it makes are disposed. It is called once a batch, and once
   * more for the first.
   */
  readonly forward?: TrainingForward<B>;
  /** The inputs in a batch, whose first axis counts its samples; see {@link updateBatchNorm} for the default. */
  readonly inputs?: (batch: B) => Tensor;
  /** Names of the running statistics, if they are not recognized. */
  readonly statistics?: readonly StatisticNames[];
  /** `1 − α` of the running statistics that `forward` moves, where no layer tells; measured by default. */
  readonly momentum?: number;
}

const check = checker('averaging', 'updateBatchNorm');

/**
 * Sets the running statistics of a model's batch normalizations to the true mean and variance of all samples given,
 * for the weights that the model holds now: averaged weights have activations that no training step has seen.
 *
 *     mean = Σ nᵢ·meanᵢ / N        variance = Σ nᵢ·(varianceᵢ + meanᵢ²) / N − mean²        N = Σ nᵢ
 *
 * over batches of nᵢ samples, a value a channel, computed in float64: no momentum, and a short last batch counts for
 * as much as it holds. Batches that are images must be of one size, as every sample has the weight 1. Deeper layers
 * see batches normalized by their own statistics, as in training, so the result depends on how samples are grouped.
 *
 * It reads statistics from any training forward that computes `r ← (1 − α)·r + α·value`: r starts at 0 for each
 * batch and then holds `α·value`. α is measured with a second forward of the first batch, and compared with the
 * momentum of a `tf.layers.batchNormalization`. Dropout and whatever else the training mode does stays on, as in
 * PyTorch. It reads two small vectors back for each normalization and batch; it belongs after training, not inside.
 *
 * Follows PyTorch's `torch.optim.swa_utils.update_bn`. Departures: batches are weighted by their size, and the variance
 * is that of all samples, not the mean of the batches' unbiased ones.
 *
 * @param model a `tf.LayersModel`, with any `tf.layers.batchNormalization` in it, or variables by name, of which
 *   pairs such as `norm/moving_mean` and `norm/moving_variance`, `bn.runningMean` and `bn.runningVar` are statistics.
 *   Only these are changed
 * @param batches tensors, lists that start with one, or records with `images`, `inputs` or `xs`; they stay the
 *   caller's, and each is read before the next is asked for
 * @returns how many normalizations were refreshed; 0 if the model has none, and then nothing is run
 * @throws LoopwrightError if there are no batches, a batch holds no sample or is not understood, a statistic becomes
 *   NaN or infinite, or does not move as above (a normalization used twice in one forward). Whatever is thrown, by
 *   `forward` or the batches too, the old statistics are back
 * @example
 * await updateBatchNorm(model, train); // 1
 * @example
 * const norm = {
 *   runningMean: tf.variable(tf.zeros([3]), false),
 *   runningVar: tf.variable(tf.ones([3]), false),
 * };
 * const move = (statistic: tf.Variable, value: tf.Tensor) =>
 *   statistic.assign(tf.add(tf.mul(statistic, 0.9), tf.mul(value, 0.1)));
 * const forward = ({ images }: { images: tf.Tensor }) => {
 *   const { mean, variance } = tf.moments(images, [0, 1, 2]);
 *   move(norm.runningMean, mean);
 *   move(norm.runningVar, variance);
 * };
 * await updateBatchNorm(norm, train, { forward }); // 1
 */
export async function updateBatchNorm<B>(
  model: VariableSource,
  batches: BatchSource<B>,
  options: UpdateBatchNormOptions<B> = {},
): Promise<number> {
  const given = check.options(options, ['forward', 'inputs', 'statistics', 'momentum']);
  const inputs = check.func('inputs', given.inputs ?? ((batch: B) => inputsOf(check, batch)));
  const forward = check.func('forward', given.forward ?? trainingForward(model, inputs));
  const normalizations = findRunningStatistics(check, model, given);
  if (normalizations.length === 0) return 0;

  const statistics = statisticsIn(normalizations);
  const before = statistics.map(({ variable }) => clone(variable as Tensor));
  try {
    const pooled = await poolOver(startPass(check, batches), normalizations, forward, inputs);
    for (const [index, { mean, variance }] of normalizations.entries()) {
      const moments = pooled[index] as Moments;
      assignVector(mean, moments.mean);
      assignVector(variance, moments.variance);
    }
  } catch (error) {
    for (const [index, { variable }] of statistics.entries()) variable.assign(before[index] as Tensor);
    rethrow(model, error);
  } finally {
    for (const value of before) value.dispose();
  }
  return normalizations.length;
}

/** The moments of each normalization's inputs over all batches. Leaves the statistics at any value. */
async function poolOver<B>(
  batches: Iterable<B> | AsyncIterable<B>,
  normalizations: readonly RunningStatistics[],
  forward: TrainingForward<B>,
  inputs: (batch: B) => Tensor,
): Promise<Moments[]> {
  const statisticsOf = batchStatistics(check, statisticsIn(normalizations), forward);
  let pooled: Moments[] | undefined;
  for await (const batch of batches) {
    const count = batchSize(inputs(batch));
    const values = await statisticsOf(batch);
    const moments = normalizations.map((_, index) => ({
      count,
      mean: values[2 * index] as Float64Array,
      variance: values[2 * index + 1] as Float64Array,
    }));
    pooled = pooled?.map((sum, index) => poolMoments(sum, moments[index] as Moments)) ?? moments;
  }
  return pooled ?? check.fail('batches holds no batch');
}

/** Means and variances in turn. */
function statisticsIn(normalizations: readonly RunningStatistics[]): RunningStatistic[] {
  return normalizations.flatMap(({ mean, variance }) => [mean, variance]);
}

/** What is needed of a `tf.LayersModel`; a sequential one that is not built yet has no inputs. */
interface LayersForward {
  readonly inputs?: readonly unknown[];
  apply(inputs: Tensor, mode: { training: boolean }): unknown;
}

function trainingForward<B>(model: VariableSource, inputs: (batch: B) => Tensor): TrainingForward<B> {
  if (!isLayersModel(model)) return check.fail('forward is needed where the model is a record of variables');
  const layers = model as unknown as LayersForward;
  const inputCount = layers.inputs?.length ?? 1;
  if (inputCount > 1) return check.fail(`forward is needed where the model has ${inputCount} inputs`);
  return (batch) => layers.apply(inputs(batch), { training: true });
}

/** Names the layer where TensorFlow.js' own only says that a weight is undefined. */
function rethrow(model: VariableSource, error: unknown): never {
  const layer = error instanceof TypeError ? incompleteNormalization(model) : undefined;
  if (layer === undefined) throw error;
  return check.fail(
    `layer ${show(layer.name)}: TensorFlow.js cannot run batchNormalization({ scale: false }) or ({ center: false }) in training mode on this backend`,
    { cause: error },
  );
}

function batchSize(inputs: Tensor): number {
  return inputs.shape[0] || check.fail(`a batch must hold at least one sample, got ${show(inputs)}`);
}

function assignVector({ variable }: RunningStatistic, values: Float64Array): void {
  tidy(() => variable.assign(tensor(Float32Array.from(values), variable.shape)));
}
