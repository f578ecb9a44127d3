import { dispose, range, reshape, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectNoLeak } from '../leak.ts';

/** What {@link expectView} needs to know of a view of images. */
export interface ViewContract {
  readonly view: {
    readonly name: string;
    readonly apply: (images: Tensor4D) => Tensor4D;
    readonly invert?: (outputs: Tensor4D) => Tensor4D;
    readonly weight?: number;
  };
  /** Whether it moves pixels; one that changes their values inverts to the outputs as they are. */
  readonly moves: boolean;
  /** Width of the border whose pixels it loses; 0 by default. */
  readonly margin?: number;
}

const size = 6;
const channels = 3;

/**
 * The contract of every view: it gives images of the same number, size and channels, changes and disposes nothing that it
 * is given, leaves nothing behind but what it returns, and its inverse brings each pixel back to its place.
 */
export async function expectView({ view, moves, margin = 0 }: ViewContract): Promise<void> {
  expect(view.name).not.toBe('');
  expect(view.weight ?? 1).toBeGreaterThan(0);
  await expectNoLeak(() => {
    const images = makeImages();
    const before = images.dataSync().slice();
    const seen = view.apply(images);
    expect(seen.shape).toEqual(images.shape);
    const outputs = moves ? seen : images;
    const restored = view.invert?.(outputs) ?? outputs;
    expect(images.dataSync(), 'the images are borrowed').toEqual(before);
    if (view.invert) {
      expect(inner(restored, margin), 'every pixel is back in its place').toEqual(inner(images, margin));
    }
    dispose([...new Set([images, seen, restored])]);
  });
}

/** Images whose every value is another one. */
function makeImages(): Tensor4D {
  return tidy(() => reshape(range(0, 2 * size * size * channels), [2, size, size, channels]) as Tensor4D);
}

/** The pixels that are at least `margin` away from every border. */
function inner(images: Tensor4D, margin: number): number[] {
  const within = (index: number) => index >= margin && index < size - margin;
  return [...images.dataSync()].filter((_, index) => {
    const pixel = Math.floor(index / channels);
    return within(pixel % size) && within(Math.floor(pixel / size) % size);
  });
}
