import { refuse } from './refuse.ts';

/** The place of each coefficient of the zigzag in a block. */
const ZIGZAG = zigzag();

/** Reads quantization tables (DQT): 64 factors each, in natural order, by number. */
export function readQuantization(segment: Uint8Array, tables: Map<number, Uint16Array>): void {
  let at = 0;
  while (at < segment.length) {
    const kind = segment[at++] as number;
    const bytes = (kind >> 4) + 1;
    if (bytes > 2 || at + 64 * bytes > segment.length) refuse('quantization table');
    const factors = new Uint16Array(64);
    for (const place of ZIGZAG) {
      const first = segment[at++] as number;
      factors[place] = bytes === 1 ? first : (first << 8) | (segment[at++] as number);
    }
    tables.set(kind & 15, factors);
  }
}

/** Along the diagonals, to and fro. */
function zigzag(): Uint8Array {
  const places = Array.from({ length: 64 }, (_, place) => {
    const [row, column] = [place >> 3, place & 7];
    const diagonal = row + column;
    return { place, diagonal, along: diagonal % 2 === 0 ? column : row };
  });
  places.sort((a, b) => a.diagonal - b.diagonal || a.along - b.along);
  return Uint8Array.from(places, ({ place }) => place);
}
