/**
 * Batches of a loader, in memory order NHWC: what the loop waits for (`imagenette`, `cifar`), what they cost a training
 * step (`step`), and whether memory grows over epochs (`epochs`).
 * @packageDocumentation
 */
import {
  batchTransforms,
  Cifar10,
  DataLoader,
  type Dataset,
  type ImageBatch,
  ImageFolder,
  type ImageSample,
  InMemoryLoader,
  loadImages,
  Subset,
  transformImages,
  transforms,
} from '@loopwright/data';
import { crossEntropy } from '@loopwright/losses';
import { AdamW } from '@loopwright/optimizers';
import { compile, tf } from '@loopwright/tensorflow';
import { readFlags } from './flags.ts';
import { measure, peakMemory, print } from './measure.ts';
import { makeBatch, makeModel, trainableWeights } from './subjects.ts';

const flags = readFlags({
  work: 'cifar' as 'imagenette' | 'cifar' | 'step' | 'epochs',
  source: 'dataset' as 'dataset' | 'decoded' | 'tensor' | 'constant',
  data: '',
  batch: 512,
  workers: 0,
  epochs: 20,
  seconds: 5,
});
if (flags.data === '') throw new Error('needs a data set: --imagenette FOLDER, --cifar FOLDER');
const { batch: batchSize, workers, seconds } = flags;

const { imagenet, cifar10 } = transforms.statistics;
const cropAndFlip = transforms.compose(
  transforms.randomCrop({ padding: 4 }),
  transforms.randomHorizontalFlip(),
);
const resizedCropAndFlip = transforms.compose(
  transforms.randomResizedCrop({ size: 128 }),
  transforms.randomHorizontalFlip(),
);

if (flags.work === 'step') await measureStep();
else if (flags.work === 'epochs') await measureEpochs();
else await measureLoader();

async function measureLoader(): Promise<void> {
  const batches = forever(flags.work === 'cifar' ? cifarLoader() : await imagenetteLoader());
  const step = async (): Promise<undefined> => {
    await batches.next();
  };
  await measure({ step, seconds });
  await batches.return(undefined as never);
}

async function measureStep(): Promise<void> {
  const model = makeModel('resnet18', 32);
  const optimizer = new AdamW(model, { learningRate: 1e-3, weightDecay: 1e-2 });
  const train = compile((images: tf.Tensor4D, labels: tf.Tensor1D) =>
    optimizer.minimize(() => crossEntropy(model.apply(images, { training: true }) as tf.Tensor2D, labels)),
  );
  const constant = makeBatch('resnet18', batchSize, 32);
  const batches = flags.source === 'constant' ? undefined : forever(cifarLoader());
  const step = async (): Promise<undefined> => {
    const { images, labels } = (await batches?.next())?.value ?? constant;
    const loss = train(images, labels);
    await loss.data();
    loss.dispose();
  };
  await measure({ step, seconds, weights: trainableWeights(model) });
  await batches?.return(undefined as never);
}

/** Times epochs instead of steps; what was the peak before is that of the first half. */
async function measureEpochs(): Promise<void> {
  const setupMs = performance.now();
  const loader = fileLoader(new Subset(imagenette(resizedCropAndFlip), Array(1920).keys()));
  const times: number[] = [];
  let peakBeforeBytes = 0;
  for (let epoch = 0; epoch < flags.epochs; epoch++) {
    const start = performance.now();
    for await (const { images } of loader) tf.tidy(() => void tf.mean(images).dataSync());
    times.push(performance.now() - start);
    if (epoch + 1 === flags.epochs / 2) peakBeforeBytes = peakMemory();
  }
  const [firstStepMs = 0, ...stepMs] = times;
  print({ setupMs, firstStepMs, stepMs, peakBytes: peakMemory(), peakBeforeBytes });
}

async function* forever(loader: AsyncIterable<ImageBatch>): AsyncGenerator<ImageBatch, never, undefined> {
  for (;;) yield* loader;
}

function cifarLoader(): AsyncIterable<ImageBatch> {
  const options = { batchSize, shuffle: true, normalize: cifar10 };
  if (flags.source !== 'tensor') {
    return new DataLoader(new Cifar10(flags.data, { transform: cropAndFlip }), { ...options, workers });
  }
  return new InMemoryLoader(new Cifar10(flags.data), {
    ...options,
    augment: (images, { stream }) =>
      batchTransforms.randomHorizontalFlip(batchTransforms.randomCrop(images, { stream, padding: 4 }), {
        stream,
      }),
  });
}

async function imagenetteLoader(): Promise<AsyncIterable<ImageBatch>> {
  if (flags.source !== 'decoded') return fileLoader(imagenette(resizedCropAndFlip));
  return fileLoader(transformImages(await loadImages(imagenette()), resizedCropAndFlip));
}

function imagenette(transform?: transforms.ImageTransform): ImageFolder {
  return new ImageFolder(`${flags.data}/train`, transform && { transform });
}

function fileLoader(dataset: Dataset<ImageSample>): DataLoader {
  return new DataLoader(dataset, { batchSize, shuffle: true, workers, normalize: imagenet });
}
