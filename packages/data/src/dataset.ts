import type { RandomStream } from '@loopwright/core';

/**
 * Samples by index. Whatever is random about a sample (its augmentation) is drawn from the stream it is given, which
 * is derived from (seed, epoch, index): so a sample does not depend on who asks for it, or in which order.
 */
export interface Dataset<T> {
  readonly length: number;
  get(index: number, stream: RandomStream): T | Promise<T>;
}

/** An image in memory: rows of pixels of interleaved channels (HWC), one byte each. */
export interface Image {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A labelled image; `label` is the index of its class. */
export interface ImageSample {
  readonly image: Image;
  readonly label: number;
}
