import type { Frame } from './frame.ts';
import type { Band } from './progression.ts';
import { refuse } from './refuse.ts';

/** What the start of a scan (SOS) says. */
export interface ScanHeader {
  readonly components: readonly ScanComponent[];
  readonly band: Band;
}

/** A component of a scan. */
export interface ScanComponent {
  /** Its place in the frame. */
  readonly index: number;
  /** Numbers of its Huffman tables. */
  readonly dcTable: number;
  readonly acTable: number;
}

export function readScanHeader(segment: Uint8Array, frame: Frame): ScanHeader {
  const count = segment[0] ?? 0;
  if (count < 1 || count > frame.components.length || segment.length !== 4 + 2 * count) refuse('scan header');
  const components = Array.from({ length: count }, (_, i) => {
    const id = segment[1 + 2 * i];
    const tables = segment[2 + 2 * i] as number;
    const index = frame.components.findIndex((component) => component.id === id);
    const [dcTable, acTable] = [tables >> 4, tables & 15];
    if (index < 0 || dcTable > 3 || acTable > 3) refuse('component of a scan');
    return { index, dcTable, acTable };
  });
  const [first, last, bits] = [-3, -2, -1].map((at) => segment.at(at)) as [number, number, number];
  if (first > 0 && count > 1) refuse('scan header');
  return { components, band: { first, last, high: bits >> 4, low: bits & 15 } };
}
