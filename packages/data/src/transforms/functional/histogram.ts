import type { Image } from '../../dataset.ts';

/** How often each value occurs in one channel. */
export function histogram({ data, channels }: Image, channel: number): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = channel; i < data.length; i += channels) counts[data[i]!]!++;
  return counts;
}

/** Something for each channel of an image. */
export function perChannel<T>({ channels }: Image, make: (channel: number) => T): T[] {
  return Array.from({ length: channels }, (_, channel) => make(channel));
}
