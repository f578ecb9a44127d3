import { type Dataset, type ImageSample, InMemoryLoader } from '@loopwright/data';
import { crossEntropy } from '@loopwright/losses';
import { namedParameters, SGD } from '@loopwright/optimizers';
import { StepLR } from '@loopwright/schedulers';
import { compile, random, tf } from '@loopwright/tensorflow/portable';
import { smallNet } from '../models/small-net.ts';
import type { Images, Labels, Logits, Recipe, RecipeOptions } from './recipe.ts';

/** SmallNet as its author trained it: no augmentation, no normalization, a rate that falls fivefold every five epochs. */
export async function originalRecipe(train: Dataset<ImageSample>, { seed }: RecipeOptions): Promise<Recipe> {
  const model = smallNet(tf, { seed });
  random.seed(seed); // of dropout
  const loader = new InMemoryLoader(train, { batchSize: 128, shuffle: true, seed });
  const optimizer = new SGD(model, { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4 });
  const scheduler = new StepLR(optimizer, { stepSize: 5, gamma: 0.2 });
  const training = compile((images: Images, labels: Labels) =>
    optimizer.minimize(() => crossEntropy(model.apply(images, { training: true }) as Logits, labels)),
  );
  const predict = compile((images: Images) => model.apply(images, { training: false }) as Logits);
  return {
    weights: Object.values(namedParameters(model)).reduce((sum, { size }) => sum + size, 0),
    loader,
    parts: { model, optimizer, scheduler, random },
    epochStarts: () => {},
    step: (images, labels) => training(images, labels),
    epochEnds: () => scheduler.step(),
    learningRate: () => scheduler.getLastLr()[0]!,
    predict,
    predictAtLast: predict,
    dispose: () => {
      for (const owner of [training, predict, loader, optimizer, model]) owner.dispose();
    },
  };
}
