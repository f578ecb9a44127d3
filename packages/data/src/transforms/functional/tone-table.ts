import type { Image } from '../../dataset.ts';

/** What each of the 256 values of a byte becomes. */
export type ToneTable = Uint8Array;

/**
 * A table from a function of the value. The function's result is clamped to a byte and truncated, as PyTorch casts.
 */
export function toneTable(tone: (value: number) => number): ToneTable {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, Math.max(0, tone(value))));
}

/** Replaces each value by the table's. */
export function applyTone(image: Image, table: ToneTable): Image {
  const { data } = image;
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = table[data[i]!]!;
  return { ...image, data: result };
}

/** Replaces each value by that of its channel's table. */
export function applyTones(image: Image, tables: readonly ToneTable[]): Image {
  const { data, channels } = image;
  const result = new Uint8Array(data.length);
  for (const [channel, table] of tables.entries()) {
    for (let i = channel; i < data.length; i += channels) result[i] = table[data[i]!]!;
  }
  return { ...image, data: result };
}
