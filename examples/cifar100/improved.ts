import {
  batchTransforms,
  type Dataset,
  type ImageSample,
  InMemoryLoader,
  transforms,
} from '@loopwright/data';
import { crossEntropy } from '@loopwright/losses';
import { LambdaLR } from '@loopwright/schedulers';
import { autocast, batchNorm, compile, gelu, tf } from '@loopwright/tensorflow/portable';
import { testTimeAugment, views } from '@loopwright/tta';
import { lookAhead, slowCopies } from '../airbench/look-ahead.ts';
import { airbenchOptimizer } from '../airbench/optimizer.ts';
import { lookAheadDecay, triangle } from '../airbench/schedules.ts';
import { startWhitening } from '../airbench/start-whitening.ts';
import { airbenchNet } from '../models/airbench-net.ts';
import type { Images, Labels, Logits, Recipe, RecipeOptions } from './recipe.ts';

const { cifar100: normalize } = transforms.statistics;
const WHITENING_BIAS_EPOCHS = 3;
const LABEL_SMOOTHING = 0.2;
const DEPTHS = [3, 3, 2] as const;

/** A network like airbench's of fewer weights than SmallNet, trained by the recipe of airbench for as long as there is time. */
export async function improvedRecipe(
  train: Dataset<ImageSample>,
  { seed, epochs, width, batch }: RecipeOptions,
): Promise<Recipe> {
  const widths = [width, 2 * width, Math.floor(2.875 * width)];
  const net = airbenchNet({ tf, batchNorm, gelu }, { classes: 100, widths, depths: DEPTHS, seed });
  await startWhitening(net, train, normalize);
  const loader = new InMemoryLoader(train, {
    batchSize: batch,
    shuffle: true,
    dropLast: true,
    seed,
    augment: (images, { stream, places }) => {
      const flipped = batchTransforms.alternatingFlip(images, { places, seed });
      return batchTransforms.randomCrop(flipped, { stream, padding: 4, paddingMode: 'reflect' });
    },
  });
  const totalSteps = epochs * loader.length;
  const optimizer = airbenchOptimizer(net, {
    rate: 9,
    decay: 0.012,
    momentum: 0.85,
    batchSize: batch,
  });
  const scheduler = new LambdaLR(optimizer, { lrLambda: triangle(totalSteps) });
  const slow = slowCopies(net.variables);
  const decayAt = lookAheadDecay(totalSteps);

  const whiten = (images: Images) => net.whiten(batchTransforms.normalize(images, normalize));
  const learn = autocast(
    (whitened: Images, labels: Labels) =>
      optimizer.minimize(() =>
        crossEntropy(net.apply(whitened, { training: true }), labels, {
          labelSmoothing: LABEL_SMOOTHING,
          reduction: 'sum',
        }),
      ),
    { dtype: 'bfloat16' },
  );
  const training = compile((images: Images, labels: Labels) =>
    tf.div<tf.Scalar>(learn(whiten(images), labels), batch),
  );
  const classify = autocast((whitened: Images) => net.apply(whitened, { training: false }), {
    dtype: 'bfloat16',
  });
  const predict = compile((images: Images) => classify(whiten(images)));

  return {
    weights: Object.values(net.variables)
      .filter(({ trainable }) => trainable)
      .reduce((sum, { size }) => sum + size, 0),
    loader,
    parts: { net: net.variables, slow, optimizer, scheduler },
    epochStarts: (epoch) => {
      net.variables['whiten.bias']!.trainable = epoch < WHITENING_BIAS_EPOCHS;
    },
    step: (images, labels, step) => {
      const loss = training(images, labels);
      scheduler.step();
      if (step % 5 === 0) lookAhead(net.variables, slow, decayAt(step));
      if (step === totalSteps) lookAhead(net.variables, slow, 1);
      return loss;
    },
    epochEnds: () => {},
    learningRate: () => scheduler.getLastLr()[1]!,
    predict,
    predictAtLast: testTimeAugment((images) => predict(images) as Logits, {
      views: views.airbench,
      merge: 'mean',
      on: 'logits',
    }),
    dispose: () => {
      for (const owner of [training, predict, loader, optimizer, net]) owner.dispose();
      tf.dispose(slow);
    },
  };
}
