import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Checker, checker, show } from '@loopwright/core';
import { Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { checkImages } from '../batch-transforms/check-images.ts';
import type { Image } from '../dataset.ts';
import { loadSharp } from '../sharp.ts';
import { checkStatistics } from '../transforms/pixel-converter.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import { captionOf, type LabelValues } from './captions.ts';
import { type Cell, contactSheet } from './contact-sheet.ts';

/** Options of {@link showBatch}. */
export interface ShowBatchOptions {
  /** Names of the classes; without, labels are shown as numbers. */
  readonly classes?: readonly string[];
  /** Images a row; 8 by default. */
  readonly columns?: number;
  /** Shows the first ones of the batch; 64 by default. */
  readonly limit?: number;
  /** The statistics that the images were normalised with. Without, values are from 0 to 1. */
  readonly unnormalize?: ChannelStatistics;
  /** Lines to write instead of the labels, one an image: predictions, losses, file names. */
  readonly captions?: readonly string[];
}

/** Rounding and interpolation may lead so far out of 0 … 1. */
const SLACK = 0.02;

/**
 * Writes a contact sheet of a batch as PNG: what the network is fed, with its labels. Of soft labels, as `mixUp` makes
 * them, it names the two largest shares. Its own small font needs none to be installed; it has ASCII's characters.
 *
 * It waits for the device and copies the batch, so it belongs before or between training steps.
 *
 * @param batch images float32 [batch, height, width, channels] of 1 or 3 channels; labels, if any, int32 [batch] or
 * float32 [batch, classes]; borrowed
 * @param path of the file, usually ending in `.png`; its folder is made
 * @throws LoopwrightError for bad options, by name, for tensors of other types or shapes, and for images that look
 * normalised if `unnormalize` is not given
 * @example
 * const batch = { images: tf.fill<tf.Rank.R4>([2, 4, 4, 3], 0.5), labels: tf.tensor1d([1, 0], 'int32') };
 * await showBatch(batch, 'sheets/first.png', { classes: ['cat', 'dog'] });
 */
export async function showBatch(
  batch: { readonly images: Tensor4D; readonly labels?: Tensor },
  path: string,
  options: ShowBatchOptions = {},
): Promise<void> {
  const check = checker('data', 'showBatch');
  const {
    classes,
    columns = 8,
    limit = 64,
    unnormalize,
    captions,
  } = check.options(options, ['classes', 'columns', 'limit', 'unnormalize', 'captions']);
  check.string('path', path);
  const [size, , , channels] = checkImages(check, batch.images).shape;
  if (channels !== 1 && channels !== 3) check.fail(`images must have 1 or 3 channels, got ${channels}`);
  if (size === 0) check.fail('images must not be empty');
  const count = Math.min(size, check.positiveInteger('limit', limit));
  const images = await readImages(check, batch.images, count, unnormalize);
  const labels = await readLabels(check, batch.labels, size);
  const cells = images.map((image, sample): Cell => {
    const caption =
      captions?.[sample] ?? (labels === undefined ? '' : captionOf(check, labels, sample, classes));
    return { image, caption };
  });
  const across = Math.min(count, check.positiveInteger('columns', columns));
  const { data, width, height } = contactSheet(cells, across);
  // Loaded here, so that nobody else who uses this package has to load it.
  const sharp = loadSharp();
  await mkdir(dirname(path), { recursive: true });
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
}

/** The first images of a batch as bytes. */
async function readImages(
  check: Checker,
  images: Tensor4D,
  count: number,
  statistics: ChannelStatistics | undefined,
): Promise<Image[]> {
  const [, height, width, channels] = images.shape;
  const { mean, std } =
    statistics === undefined
      ? { mean: new Array<number>(channels).fill(0), std: new Array<number>(channels).fill(1) }
      : checkStatistics(statistics, channels);
  const values = await images.data<'float32'>();
  const size = height * width * channels;
  const bytes = new Uint8ClampedArray(count * size);
  for (let i = 0; i < bytes.length; i++) {
    const value = values[i]! * std[i % channels]! + mean[i % channels]!;
    if (statistics === undefined && !(value >= -SLACK && value <= 1 + SLACK)) refuseValue(check, value);
    bytes[i] = 255 * value;
  }
  return Array.from({ length: count }, (_, index) => {
    const data = new Uint8Array(bytes.buffer, index * size, size);
    return { data, height, width, channels };
  });
}

function refuseValue(check: Checker, value: number): never {
  return check.fail(
    `images must have values from 0 to 1, found ${value}; pass the statistics they were normalised with as unnormalize`,
  );
}

async function readLabels(
  check: Checker,
  labels: Tensor | undefined,
  batch: number,
): Promise<LabelValues | undefined> {
  if (labels === undefined) return undefined;
  const known = labels instanceof Tensor && labels.shape[0] === batch;
  const indices = known && labels.dtype === 'int32' && labels.rank === 1;
  const soft = known && labels.dtype === 'float32' && labels.rank === 2;
  if (!indices && !soft) {
    return check.fail(
      `labels must be int32 class indices of shape [${batch}] or float32 soft labels of shape [${batch}, classes], got ${show(labels)}`,
    );
  }
  return { data: await labels.data(), width: indices ? 1 : labels.shape[1]! };
}
