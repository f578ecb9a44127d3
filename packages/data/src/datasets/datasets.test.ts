import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@loopwright/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset, DescribedDataset, ImageSample } from '../dataset.ts';
import { stratifiedSplit } from '../splits/stratified-split.ts';
import * as transforms from '../transforms/index.ts';
import { ArrayDataset } from './array-dataset.ts';
import { ConcatDataset } from './concat-dataset.ts';
import { datasetFromModule } from './dataset-from-module.ts';
import { ImageArrayDataset } from './image-array-dataset.ts';
import { ImageFileDataset } from './image-file-dataset.ts';
import { ImageFolder } from './image-folder.ts';
import { loadImages } from './load-images.ts';
import { mapDataset } from './map-dataset.ts';
import { reviveDataset } from './revive-dataset.ts';
import { Subset } from './subset.ts';
import { mirrorImages, transformImages } from './transform-images.ts';

let folder: string;
const png = (seed: number) => {
  const stream = new RandomStream(seed);
  const pixels = Uint8Array.from({ length: 5 * 4 * 3 }, () => stream.integer(256));
  return sharp(pixels, { raw: { width: 5, height: 4, channels: 3 } })
    .png()
    .toBuffer();
};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-folder-'));
  for (const [name, seed] of [
    ['cat/b.png', 1],
    ['cat/a.PNG', 2],
    ['dog/inner/c.png', 3],
    ['dog/z.png', 4],
  ] as const) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), await png(seed));
  }
  writeFileSync(join(folder, 'cat/notes.txt'), 'no image');
});
afterAll(() => rmSync(folder, { recursive: true }));

const crop = transforms.randomCrop({ padding: 2 });
const arrays = (options = {}) =>
  new ImageArrayDataset(
    {
      pixels: Uint8Array.from({ length: 6 * 4 * 4 * 3 }, (_, i) => (i * 7) % 256),
      labels: Uint8Array.of(0, 1, 1, 0, 1, 0),
      height: 4,
      width: 4,
      channels: 3,
      classNames: ['a', 'b'],
    },
    options,
  );

/** Every kind of data set that can be sent to a worker; a new one is a row more. */
const registry: Record<string, () => DescribedDataset<unknown> | Promise<DescribedDataset<unknown>>> = {
  ArrayDataset: () => new ArrayDataset([{ x: 1 }, { x: 2 }, { x: 3 }]),
  ImageArrayDataset: () => arrays({ transform: crop }),
  ImageFolder: () => new ImageFolder(folder, { transform: crop, onBadImage: 'skip' }),
  Subset: () => new Subset(arrays({ transform: crop }), [4, 0, 0]),
  ConcatDataset: () => new ConcatDataset([arrays(), new Subset(arrays(), [3])]),
  transformImages: () => transformImages(arrays(), crop),
  mirrorImages: () => mirrorImages(new ImageFolder(folder)),
  loadImages: () => loadImages(new ImageFolder(folder)),
  datasetFromModule: () =>
    datasetFromModule(
      'data:text/javascript,export const make = ({ by }) => ({ length: 3, get: (i, stream) => i * by + stream.uniform() })',
      'make',
      { by: 5 },
    ),
};

const all = (dataset: Dataset<unknown>) =>
  Promise.all(
    Array.from({ length: dataset.length }, (_, index) =>
      dataset.get(index, new RandomStream(9, index), { epoch: 1, index }),
    ),
  );

/** With bytes of a plain array: Node's buffers are a class of their own. */
const plain = (sample: unknown) => {
  const { image, label } = sample as ImageSample;
  return { image: { ...image, data: Uint8Array.from(image.data) }, label };
};

describe.each(Object.entries(registry))('%s', (_, make) => {
  it('is the same when another thread rebuilds it', async () => {
    const dataset = await make();
    const expected = await all(dataset);
    const copy = await reviveDataset(structuredClone(dataset.spec));
    expect(await all(copy)).toEqual(expected);
    expect(copy.length).toBe(dataset.length);
    expect(await all(dataset)).toEqual(expected);
  });

  it('refuses an index that it does not have', async () => {
    const dataset = await make();
    if (dataset.spec.name === 'module') return; // it is the user's
    for (const index of [dataset.length, -1]) {
      const read = async () => dataset.get(index, new RandomStream(0));
      await expect(read()).rejects.toThrow(/index must be from 0 to \d, got (\d|-1)/);
    }
  });
});

describe('ImageFolder', () => {
  it('numbers classes and files in the order of their names', async () => {
    const pets = new ImageFolder(folder);
    expect(pets.classNames).toEqual(['cat', 'dog']);
    expect(pets.paths.map((path) => path.slice(folder.length + 1))).toEqual([
      'cat/a.PNG',
      'cat/b.png',
      'dog/z.png',
      'dog/inner/c.png',
    ]);
    expect(pets.labels).toEqual([0, 0, 1, 1]);
    const { image, label } = await pets.get(1);
    expect([image.height, image.width, image.channels, label]).toEqual([4, 5, 3, 0]);
    const stream = new RandomStream(1);
    expect(Array.from(image.data)).toEqual(Array.from({ length: 60 }, () => stream.integer(256)));
  });

  it('takes other extensions, and says what is missing', () => {
    expect(() => new ImageFolder(join(folder, 'nowhere'))).toThrow(/ImageFolder: .*nowhere is not a folder/);
    expect(() => new ImageFolder(join(folder, 'dog/inner'))).toThrow('has no folders, one for each class');
    expect(() => new ImageFolder(folder, { extensions: ['.webp'] })).toThrow(
      /no files with \.webp in .*cat, .*dog/,
    );
    expect(() => new ImageFolder(folder, { onBadImage: 'ignore' as never })).toThrow(
      'onBadImage must be one of "throw", "skip", got "ignore"',
    );
    expect(() => new ImageFolder(folder, { loader: 1 } as never)).toThrow('unknown option "loader"');
  });

  it('decodes grey, transparent and 16-bit images to three channels of bytes', async () => {
    const path = mkdtempSync(join(tmpdir(), 'loopwright-kinds-'));
    mkdirSync(join(path, 'x'));
    const grey = sharp(Uint8Array.of(0, 100, 200, 255), { raw: { width: 2, height: 2, channels: 1 } });
    writeFileSync(join(path, 'x/1.png'), await grey.clone().toColourspace('b-w').png().toBuffer());
    const clear = Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 128);
    writeFileSync(
      join(path, 'x/2.png'),
      await sharp(clear, { raw: { width: 2, height: 1, channels: 4 } })
        .png()
        .toBuffer(),
    );
    writeFileSync(
      join(path, 'x/3.webp'),
      await sharp(clear.subarray(0, 6), { raw: { width: 2, height: 1, channels: 3 } })
        .webp({ lossless: true })
        .toBuffer(),
    );
    const kinds = new ImageFolder(path);
    expect([...(await kinds.get(0)).image.data]).toEqual([
      0, 0, 0, 100, 100, 100, 200, 200, 200, 255, 255, 255,
    ]);
    expect([...(await kinds.get(1)).image.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(await kinds.get(2)).image.data]).toEqual([1, 2, 3, 0, 4, 5]);
    rmSync(path, { recursive: true });
  });
});

describe('loadImages', () => {
  it('holds what the data set gives in shared memory, and lists what is skipped', async () => {
    const pets = new ImageFolder(folder);
    const loaded = await loadImages(pets);
    expect(await all(loaded)).toEqual((await all(pets)).map(plain));
    expect(loaded.labels).toEqual(pets.labels);
    expect(loaded.get(1).image.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(loaded.get(1).image.data.buffer).toBe(loaded.get(0).image.data.buffer);
    const { paths, labels, classNames } = pets;
    const files = { paths: [join(folder, 'cat/notes.txt'), ...paths], labels: [0, ...labels], classNames };
    const partial = await loadImages(new ImageFileDataset(files, { onBadImage: 'skip' }));
    expect([partial.length, partial.skipped.length, partial.skipped[0]!.index]).toEqual([4, 1, 0]);
    await expect(loadImages(new ImageFileDataset(files))).rejects.toThrow(
      /sample 0 could not be read: .*notes\.txt/,
    );
  });
});

describe('views of data sets', () => {
  it('know their labels where the data set does', () => {
    const labelled = arrays();
    expect(new Subset(labelled, [1, 3]).labels).toEqual([1, 0]);
    expect(new ConcatDataset([labelled, new Subset(labelled, [1])]).labels).toEqual([0, 1, 1, 0, 1, 0, 1]);
    expect(mirrorImages(labelled).labels).toEqual(labelled.labels);
    expect(
      new Subset(
        mapDataset(labelled, (sample) => sample),
        [0],
      ).labels,
    ).toBeUndefined();
  });

  it('mirror images', () => {
    const stream = new RandomStream(0);
    const both = new ConcatDataset<ImageSample>([arrays(), mirrorImages(arrays())]);
    const [image, mirrored] = [0, 6].map((index) => both.get(index, stream) as ImageSample);
    expect(both.length).toBe(12);
    expect([...mirrored!.image.data.subarray(0, 3)]).toEqual([...image!.image.data.subarray(9, 12)]);
    expect(mirrored!.label).toBe(image!.label);
  });

  it('hand the place of a sample on to its transform', () => {
    const seen: unknown[] = [];
    const spy = transformImages(arrays(), (image, _, place) => {
      seen.push(place);
      return image;
    });
    new Subset(spy, [5]).get(0, new RandomStream(0), { epoch: 4, index: 0 });
    expect(seen).toEqual([{ epoch: 4, index: 0 }]);
  });

  it('refuse to be described for workers where a derived class has a get of its own', () => {
    class Doubled extends ArrayDataset<number> {
      override get(index: number) {
        return 2 * super.get(index);
      }
    }
    const doubled = new Doubled([1, 2]);
    const message = '[loopwright/data] ArrayDataset: workers would not run the get of a derived class';
    expect(() => doubled.spec).toThrow(message);
    expect(() => new Subset(doubled, [1]).spec).toThrow(message);
    expect(new ArrayDataset([1, 2]).spec.options.samples).toEqual([1, 2]);
    const own = <T extends DescribedDataset<unknown>>(dataset: T) => Object.assign(dataset, { get: () => 0 });
    const one = new ArrayDataset([1]);
    expect(() => own(new Subset(one, [0])).spec).toThrow('Subset: workers would not run the get');
    expect(() => own(new ConcatDataset([one])).spec).toThrow('ConcatDataset: workers would not run the get');
    expect(() => own(mirrorImages(arrays())).spec).toThrow('mirrorImages: workers would not run the get');
  });

  it('from a module have the labels that they have there, if any', async () => {
    const source = (labels: string) =>
      `data:text/javascript,export const make = () => ({ length: 4, ${labels} get: (i) => ({ label: i & 1 }) })`;
    const labelled = await datasetFromModule(source('labels: [0, 1, 0, 1],'), 'make');
    const [half] = stratifiedSplit(labelled, [2, 2], { seed: 0 });
    expect(Array.from(half.labels ?? []).sort()).toEqual([0, 1]);
    const unlabelled = await datasetFromModule(source(''), 'make');
    expect(() => stratifiedSplit(unlabelled, [2, 2], { seed: 0 })).toThrow('does not know its labels');
  });

  it('refuse bad arguments', async () => {
    expect(() => new ConcatDataset([])).toThrow('datasets must not be empty');
    expect(() => new ArrayDataset(3 as never)).toThrow('samples must be an array');
    expect(() => transformImages(arrays(), 'flip' as never)).toThrow(
      'transform must be a function, got "flip"',
    );
    expect(() => arrays({ transform: crop }).get(0)).toThrow('get needs a stream, for the transform');
    const nothing = 'data:text/javascript,export const make = () => 3';
    await expect(datasetFromModule(nothing, 'make')).rejects.toThrow('must return a data set, got 3');
    await expect(datasetFromModule(nothing, 'other')).rejects.toThrow('exports no function "other"');
    await expect(datasetFromModule('file:///none.js', 'make')).rejects.toThrow(
      'cannot import file:///none.js',
    );
    await expect(reviveDataset({ name: 'x', options: {} })).rejects.toThrow('no data set is named "x"');
  });
});
