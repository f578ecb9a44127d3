import { readdirSync, readFileSync } from 'node:fs';
import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import type { Image } from '../dataset.ts';
import * as transforms from './index.ts';

/** Every factory with options that leave nothing at its default; a new transform is a row more. */
const registry: Record<string, transforms.ImageTransform> = {
  alternatingFlip: transforms.alternatingFlip({ seed: 4 }),
  autoAugment: transforms.autoAugment({ policy: 'cifar10', interpolation: 'bilinear', fill: [1, 2, 3] }),
  centerCrop: transforms.centerCrop({ size: [5, 20] }),
  colorJitter: transforms.colorJitter({
    brightness: 0.4,
    contrast: [0.5, 2],
    saturation: 0.3,
    hue: [-0.2, 0.5],
  }),
  compose: transforms.compose([transforms.randomCrop({ padding: 1 }), transforms.randomHorizontalFlip()]),
  cutout: transforms.cutout({ size: 4, fill: 9 }),
  grayscale: transforms.grayscale({ numOutputChannels: 3 }),
  randAugment: transforms.randAugment({ numOps: 3, magnitude: 5, numMagnitudeBins: 11, fill: 7 }),
  randomAffine: transforms.randomAffine({
    degrees: [5, 40],
    translate: [0.2, 0.1],
    scale: [0.8, 1.2],
    shear: [-5, 5, -3, 3],
    center: [2, 3],
    interpolation: 'bilinear',
    fill: 3,
  }),
  randomCrop: transforms.randomCrop({
    size: [6, 7],
    padding: [1, 2, 3, 4],
    paddingMode: 'edge',
    fill: 2,
    padIfNeeded: true,
  }),
  randomErasing: transforms.randomErasing({ p: 0.9, scale: [0.1, 0.5], ratio: [0.5, 2], value: 'random' }),
  randomGrayscale: transforms.randomGrayscale({ p: 0.5 }),
  randomHorizontalFlip: transforms.randomHorizontalFlip({ p: 0.5 }),
  randomResizedCrop: transforms.randomResizedCrop({
    size: [6, 8],
    scale: [0.2, 1],
    ratio: [0.5, 2],
    interpolation: 'bicubic',
  }),
  randomRotation: transforms.randomRotation({
    degrees: 20,
    interpolation: 'bilinear',
    fill: 8,
    center: [1, 1],
  }),
  randomVerticalFlip: transforms.randomVerticalFlip({ p: 0.5 }),
  resize: transforms.resize({ size: 5, interpolation: 'nearest', maxSize: 9 }),
  trivialAugmentWide: transforms.trivialAugmentWide({ numMagnitudeBins: 5, interpolation: 'nearest' }),
};

/** What is exported and makes no image transform from options alone. */
const others = ['fromModule', 'pixelConverter', 'randomTranslate', 'reviveTransform'];

const exported = new Map<string, unknown>(Object.entries(transforms));
const pixels = new RandomStream('pixels');
const photo: Image = {
  data: Uint8Array.from({ length: 9 * 12 * 3 }, () => pixels.integer(256)),
  height: 9,
  width: 12,
  channels: 3,
};
const place = { epoch: 1, index: 3 };
const apply = (transform: transforms.Transform, key: number, image = photo) =>
  transform(image, new RandomStream('test', key), place);

describe.each(Object.entries(registry))('%s', (name, transform) => {
  it('describes itself by plain data, from which its equal is made', async () => {
    expect(transform.spec.name).toBe(name);
    const copy = await transforms.reviveTransform(JSON.parse(JSON.stringify(transform.spec)));
    for (let key = 0; key < 20; key++) expect(apply(copy, key)).toEqual(apply(transform, key));
    expect(copy.spec).toEqual(transform.spec);
  });

  it('gives whole images and never writes to its argument', () => {
    const before = photo.data.slice();
    for (let key = 0; key < 20; key++) {
      const { data, height, width, channels } = apply(transform, key);
      expect(data.length).toBe(height * width * channels);
      expect(data).toBeInstanceOf(Uint8Array);
    }
    expect(photo.data).toEqual(before);
  });

  it('depends on its stream alone, and takes grey images too', () => {
    const grey: Image = { data: photo.data.subarray(0, 108), height: 9, width: 12, channels: 1 };
    for (let key = 0; key < 10; key++) {
      expect(apply(transform, key)).toEqual(apply(transform, key));
      expect([1, 3]).toContain(apply(transform, key, grey).channels);
    }
  });

  it('refuses unknown options by name', () => {
    const factory = exported.get(name) as (options: object) => unknown;
    const message = name === 'compose' ? 'transforms[0] must be a function' : 'unknown option "sise"';
    expect(() => factory({ sise: 3 })).toThrow(message);
  });
});

describe('the registry', () => {
  it('has every factory', () => {
    const factories = [...exported.keys()].filter((name) => typeof exported.get(name) === 'function');
    expect(factories.sort()).toEqual([...Object.keys(registry), ...others].sort());
  });

  it('refuses what it does not know, and what exists in one thread only', async () => {
    await expect(transforms.reviveTransform({ name: 'sepia', options: {} })).rejects.toThrow(
      '[loopwright/data] reviveTransform: no transform is named "sepia"',
    );
    const mine = transforms.compose([
      function brighten(image) {
        return image;
      },
    ]);
    expect(apply(mine, 0)).toBe(photo);
    await expect(transforms.reviveTransform(mine.spec)).rejects.toThrow(
      'the function brighten exists in one thread only; export a factory from a module and use transforms.fromModule',
    );
  });

  it('rebuilds transforms of other modules', async () => {
    const source =
      'export const invert = ({ by }) => (image) => ({ ...image, data: image.data.map((v) => by - v) });';
    const url = `data:text/javascript,${encodeURIComponent(source)}`;
    const invert = await transforms.fromModule(url, 'invert', { by: 255 });
    const copy = await transforms.reviveTransform(structuredClone(transforms.compose([invert]).spec));
    expect(apply(copy, 0).data).toEqual(photo.data.map((value) => 255 - value));
    await expect(transforms.fromModule(url, 'sepia')).rejects.toThrow('exports no function "sepia"');
    await expect(transforms.fromModule('file:///nowhere.js', 'x')).rejects.toThrow(
      'cannot import file:///nowhere.js',
    );
  });
});

describe('workers', () => {
  it('can import the transforms without TensorFlow.js', () => {
    const folder = new URL('.', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
    expect(sources.length).toBeGreaterThan(40);
    const imported = sources.flatMap((file) =>
      [...readFileSync(new URL(file, folder), 'utf8').matchAll(/^import [^;]*? from '([^.][^']*)';/gm)].map(
        ([, module]) => module,
      ),
    );
    expect([...new Set(imported)]).toEqual(['@loopwright/core']);
  });
});
