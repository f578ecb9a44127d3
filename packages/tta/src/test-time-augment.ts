import { type Checker, checker, show } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { clone, softmax, Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type Merge, type MergeName, merges } from './merges.ts';
import { type View, weightOf } from './view.ts';

export interface TestTimeAugmentOptions {
  /** The views, at least one. */
  readonly views: readonly View[];
  /** How their outputs become one: a name, or a function. */
  readonly merge: MergeName | Merge;
  /** What is merged: raw logits, or the probabilities that each view's logits give (softmax over the last axis). */
  readonly on: 'logits' | 'probabilities';
  /** What `predict` returns, logits by default. Probabilities are merged as they are, and cannot be merged as logits. */
  readonly outputs?: 'logits' | 'probabilities';
  /**
   * Whether outputs are of shape [batch, height, width, channels], a prediction for each pixel of the images. Each view's are
   * then brought back by its inverse before they are merged. False by default.
   */
  readonly dense?: boolean;
}

const check: Checker = checker('tta', 'testTimeAugment');

/**
 * Test-time augmentation: predicts several views of the same images and merges what was predicted.
 *
 * The mean of logits and the mean of probabilities are different predictors, and nothing in a tensor tells which of them
 * it holds, so `on` has to be said.
 *
 * Merges, with the views' weights w: `mean` Σ w x / Σ w; `sum` Σ w x; `gmean` (Π x^w)^(1 / Σ w) and `tsharpen` Σ w √x / Σ w, of
 * probabilities only; `max` and `min`, without weights. None of them makes rows that sum to one again, other than the mean.
 *
 * Views and merges follow ttach (https://github.com/qubvel/ttach), which leaves the softmax to the caller.
 *
 * @param predict a function from images to outputs, in inference mode; it borrows the images, its outputs are disposed
 * @returns a function from images, float32 [batch, height, width, channels] (borrowed), to the merged output, which the
 *   caller owns
 * @throws LoopwrightError if an option is missing, unknown or does not fit another one; when called, if the images or the
 *   outputs have a shape that does not fit
 * @example
 * const predict = testTimeAugment((images) => model.predict(images) as tf.Tensor, {
 *   views: views.airbench,
 *   merge: 'mean',
 *   on: 'logits',
 * });
 * const logits = predict(images);
 */
export function testTimeAugment<Output extends Tensor>(
  predict: (images: Tensor4D) => Output,
  options: TestTimeAugmentOptions,
): (images: Tensor) => Output {
  check.func('predict', predict);
  check.options(options, ['views', 'merge', 'on', 'outputs', 'dense']);
  const { views, on, outputs: predicted = 'logits', dense = false } = options;
  check.oneOf('on', on, ['logits', 'probabilities']);
  check.oneOf('outputs', predicted, ['logits', 'probabilities']);
  check.boolean('dense', dense);
  if (on === 'logits' && predicted === 'probabilities') {
    check.fail('on must be \'probabilities\' where outputs are probabilities, got "logits"');
  }
  checkViews(views, dense);
  const merge = checkMerge(options.merge, on, views);
  const toSoftmax = on === 'probabilities' && predicted === 'logits';

  const predictView = (view: View, images: Tensor4D): Tensor =>
    tidy(() => {
      const seen = view.apply(images);
      const output = checkOutput(view, predict(seen), dense ? seen : undefined);
      const aligned = dense && view.invert !== undefined ? view.invert(output as Tensor4D) : output;
      return clone(toSoftmax ? softmaxOf(aligned) : aligned);
    });

  return (images) => {
    checkTensor(check, 'images', images, {
      dtype: 'float32',
      shape: ['batch', 'height', 'width', 'channels'],
    });
    return tidy(() => {
      const outputs = views.map((view) => predictView(view, images as Tensor4D));
      checkAlike(views, outputs);
      return clone(merge(outputs, views.map(weightOf))) as Output;
    });
  };
}

function checkViews(views: readonly View[], dense: boolean): void {
  if (!Array.isArray(views) || views.length === 0) {
    check.fail(`views must be a list of at least one view, got ${show(views)}`);
  }
  for (const [index, view] of views.entries()) {
    // A function has a name and an apply method too: `views.translate` for `views.translate(1, 0)`.
    if (typeof view !== 'object' || typeof view?.name !== 'string' || typeof view.apply !== 'function') {
      check.fail(`views[${index}] must be a view, got ${show(view)}`);
    }
    check.number(`the weight of view ${view.name}`, weightOf(view), { above: 0 });
    if (dense && view.invert === undefined) {
      check.fail(`view ${view.name} has no inverse, which dense outputs need`);
    }
  }
}

function checkMerge(merge: MergeName | Merge, on: string, views: readonly View[]): Merge {
  if (typeof merge === 'function') return merge;
  const rule = merges[check.oneOf('merge', merge, Object.keys(merges) as MergeName[])];
  if (rule.onlyProbabilities && on === 'logits') {
    check.fail(`merge ${show(merge)} is defined on probabilities, got on: "logits"`);
  }
  const weights = views.map(weightOf);
  if (!rule.usesWeights && weights.some((weight) => weight !== 1)) {
    check.fail(`merge ${show(merge)} has no use for weights, got ${show(weights)}`);
  }
  return rule.merge;
}

/** Checks the outputs for a view; `seen` are the images it was shown, where there must be one output for each pixel. */
function checkOutput(view: View, output: unknown, seen: Tensor4D | undefined): Tensor {
  if (!(output instanceof Tensor)) return check.fail(`predict must return a tensor, got ${show(output)}`);
  const got = `got ${show(output)} for view ${view.name}`;
  if (seen === undefined && output.rank === 4) {
    check.fail(`outputs for each pixel need dense: true, to be brought back before they are merged; ${got}`);
  }
  if (seen !== undefined && output.shape.slice(0, -1).join() !== seen.shape.slice(0, -1).join()) {
    check.fail(`dense outputs must have shape [${seen.shape.slice(0, -1).join(', ')}, channels], ${got}`);
  }
  return output;
}

function softmaxOf(logits: Tensor): Tensor {
  if (logits.shape.at(-1) !== 1) return softmax(logits);
  return check.fail(
    `softmax over one class is always 1, got ${show(logits)}; return sigmoid(x) from predict, with outputs: 'probabilities'`,
  );
}

function checkAlike(views: readonly View[], outputs: readonly Tensor[]): void {
  const first = outputs[0] as Tensor;
  for (const [index, output] of outputs.entries()) {
    if (output.shape.join() === first.shape.join()) continue;
    check.fail(
      `all views must give one shape of outputs, got [${first.shape}] for ${views[0]?.name} and [${output.shape}] for ${views[index]?.name}`,
    );
  }
}
