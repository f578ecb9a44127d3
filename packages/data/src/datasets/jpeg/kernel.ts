import { type LoadedKernel, loadKernel } from '../../web-assembly.ts';
import { jpegKernel } from './jpeg-kernel.ts';

/** What assembly/jpeg exports. All that is not said to be a number of something is an address in its memory. */
export interface JpegFunctions {
  /** Where memory is free. */
  firstFree(): number;
  /** The bytes of a Huffman table. */
  tableBytes(): number;
  /**
   * @param largest symbol that the table may have
   * @returns how many it has; −1 if it is not as it should be
   */
  buildTable(segment: number, table: number, largest: number): number;
  /**
   * @param high the end of room for the data
   * @param components list of the addresses of `count` components
   * @param wide how many MCUs a row has; blocks, if there is one component
   * @param mode one of {@link ScanMode}
   * @returns where the marker behind the scan is; 0 if it is not as it should be
   */
  decodeScan(
    start: number,
    end: number,
    high: number,
    components: number,
    count: number,
    wide: number,
    tall: number,
    restartInterval: number,
    mode: ScanMode,
    first: number,
    last: number,
    low: number,
  ): number;
  /** Bounds are numbers of blocks. */
  transformBlocks(component: number, left: number, top: number, right: number, bottom: number): void;
  /** The rectangle is in pixels. */
  paint(picture: number, left: number, top: number, width: number, height: number, target: number): void;
  paintGrey(
    component: number,
    left: number,
    top: number,
    width: number,
    height: number,
    target: number,
  ): void;
}

/** What a scan has: whole blocks, or the first or a later bit of their means (DC) or of other coefficients (AC). */
export const ScanMode = { sequential: 0, dcFirst: 1, dcRefine: 2, acFirst: 3, acRefine: 4 } as const;
export type ScanMode = (typeof ScanMode)[keyof typeof ScanMode];

let loaded: LoadedKernel<JpegFunctions> | undefined;

/** The kernel, loaded when it is first needed. */
export function loadJpegKernel(): LoadedKernel<JpegFunctions> {
  loaded ??= loadKernel<JpegFunctions>(jpegKernel);
  return loaded;
}
