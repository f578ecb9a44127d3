import { checker, show } from '@loopwright/core';
import type { ChannelStatistics } from './statistics.ts';

/** Options of {@link pixelConverter}. */
export interface PixelConverterOptions {
  /** Of the images. */
  readonly channels: number;
  /** What to normalise by: (value / 255 − mean) / std. Without, values are from 0 to 1. */
  readonly statistics?: ChannelStatistics;
}

/**
 * Converts bytes of interleaved channels to floats.
 *
 * @param bytes of whole pixels: an image, or the images of a batch one after another (NHWC)
 * @param target where to write; a new array by default
 * @param offset of the first float written
 * @returns the target
 */
export type PixelConverter = (bytes: Uint8Array, target?: Float32Array, offset?: number) => Float32Array;

/**
 * Makes what turns pixels into a network's input: bytes to float32, divided by 255 and normalised (torchvision's
 * `ToDtype(float32, scale=True)` and `Normalize`), in one pass through a table of 256 floats a channel. It works on an
 * image or a whole batch at once, and makes no tensor, so workers can use it.
 *
 * @throws LoopwrightError for bad options, by name; when called, if the bytes are no whole pixels or do not fit
 * @example
 * const convert = transforms.pixelConverter({ channels: 1, statistics: { mean: [0.5], std: [0.25] } });
 * convert(Uint8Array.of(0, 255)); // [-2, 2]
 */
export function pixelConverter(options: PixelConverterOptions): PixelConverter {
  const check = checker('data', 'pixelConverter');
  const { channels, statistics } = check.options(options, ['channels', 'statistics']);
  check.positiveInteger('channels', channels);
  const { mean, std } = checkStatistics(statistics ?? identity(channels), channels);
  const tables = mean.map((average, channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - average) / std[channel]!),
  );
  return (bytes, target = new Float32Array(bytes.length), offset = 0) => {
    if (bytes.length % channels !== 0)
      check.fail(`${bytes.length} bytes are no whole pixels of ${channels} channels`);
    if (offset + bytes.length > target.length) {
      check.fail(`${bytes.length} floats from ${offset} on do not fit into ${target.length}`);
    }
    if (channels === 3) convertColours(bytes, tables, target, offset);
    else
      for (const [channel, table] of tables.entries())
        convertChannel(bytes, channel, channels, table, target, offset);
    return target;
  };
}

/**
 * Checks statistics: a mean and a standard deviation above 0 for each channel.
 *
 * @param channels of the images; by default as many as there are means
 * @throws LoopwrightError naming what does not fit
 */
export function checkStatistics(statistics: ChannelStatistics, channels?: number): ChannelStatistics {
  const check = checker('data', 'statistics');
  const { mean, std } = check.options(statistics, ['mean', 'std']);
  if (!Array.isArray(mean) || !Array.isArray(std)) {
    check.fail(`mean and std must be lists, one value a channel, got ${show(mean)} and ${show(std)}`);
  }
  const count = channels ?? mean.length;
  if (mean.length !== count || std.length !== count) {
    check.fail(`mean and std must have ${count} values, one a channel, got ${show(mean)} and ${show(std)}`);
  }
  for (const value of mean) check.number('mean', value);
  for (const value of std) check.number('std', value, { above: 0 });
  return statistics;
}

function identity(channels: number): ChannelStatistics {
  return { mean: new Array(channels).fill(0), std: new Array(channels).fill(1) };
}

function convertColours(
  bytes: Uint8Array,
  tables: readonly Float32Array[],
  target: Float32Array,
  offset: number,
): void {
  const [red, green, blue] = tables as readonly [Float32Array, Float32Array, Float32Array];
  for (let from = 0, to = offset; from < bytes.length; from += 3, to += 3) {
    target[to] = red[bytes[from]!]!;
    target[to + 1] = green[bytes[from + 1]!]!;
    target[to + 2] = blue[bytes[from + 2]!]!;
  }
}

function convertChannel(
  bytes: Uint8Array,
  channel: number,
  channels: number,
  table: Float32Array,
  target: Float32Array,
  offset: number,
): void {
  for (let i = channel; i < bytes.length; i += channels) target[offset + i] = table[bytes[i]!]!;
}
