import type { RandomStream } from '@loopwright/core';
import type { Image } from '../dataset.ts';

/** What a {@link TransformSpec} is made of: data that JSON and a worker's messages carry unchanged. */
export type PlainData =
  | undefined
  | null
  | boolean
  | number
  | string
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };

/** A transform described by its name and options, from which another thread rebuilds it. */
export interface TransformSpec {
  readonly name: string;
  readonly options: { readonly [key: string]: PlainData };
}

/** Where a sample stands in training, for what depends on it without chance. */
export interface SamplePlace {
  readonly epoch: number;
  /** Of the sample in its data set. */
  readonly index: number;
}

/**
 * A change to an image. It returns a new image, or its argument unchanged; it never writes to its argument. What is
 * random comes from the stream alone, in the order that each transform documents.
 */
export type Transform = (image: Image, stream: RandomStream, place?: SamplePlace) => Image;

/** A {@link Transform} that can be sent to a worker: {@link reviveTransform} makes its equal from its description. */
export interface ImageTransform extends Transform {
  readonly spec: TransformSpec;
}

/**
 * Gives a function the description from which it can be rebuilt.
 *
 * @param name of the factory in the registry of `reviveTransform`
 * @param options what the factory was called with; copied
 */
export function describeTransform(name: string, options: object, apply: Transform): ImageTransform {
  const copy = structuredClone(options) as TransformSpec['options'];
  const transform: Transform = (image, stream, place) => apply(image, stream, place);
  return Object.assign(transform, { spec: { name, options: copy } });
}
