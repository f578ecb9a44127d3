/** A colour in bytes: one value for all channels, or one a channel. */
export type Fill = number | readonly number[];

/** The bytes of a fill; the number of its values was checked with the options, where it could be. */
export function fillColour(fill: Fill, channels: number): Uint8Array {
  return Uint8Array.from({ length: channels }, (_, channel) =>
    typeof fill === 'number' ? fill : (fill[channel % fill.length] ?? 0),
  );
}
