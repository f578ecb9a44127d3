import type { Box } from '../../transforms/functional/resize-image.ts';
import type { LoadedKernel, Place } from '../../web-assembly.ts';
import { reserve } from '../../web-assembly.ts';
import type { Frame, FrameComponent } from './frame.ts';
import type { JpegFunctions } from './kernel.ts';

const FIELD = 4;
const BLOCK_BYTES = 128;
const MASK_BYTES = 8;
const BLOCK = 8;

/** Where a component lies in the kernel's memory. */
interface Layout extends FrameComponent {
  /** Blocks a row. */
  readonly stride: number;
  readonly blocks: number;
  readonly coefficients: number;
  readonly masks: number;
  readonly plane: number;
  readonly factors: number;
  /** Of its fields, which the kernel reads. */
  readonly address: number;
}

/** The coefficients of a frame, in the kernel's memory, and the pixels made of them. */
export class Coefficients {
  private readonly kernel: LoadedKernel<JpegFunctions>;
  private readonly frame: Frame;
  private readonly layouts: readonly Layout[];
  private readonly picture: number;
  private readonly rows: number;
  private readonly target: number;
  private readonly rowBytes: number;

  constructor(kernel: LoadedKernel<JpegFunctions>, frame: Frame, place: Place) {
    this.kernel = kernel;
    this.frame = frame;
    const start = place(0);
    const stored = frame.components.map((component) => {
      const stride = frame.mcusWide * component.across;
      const blocks = stride * frame.mcusHigh * component.down;
      const [coefficients, masks] = [place(BLOCK_BYTES * blocks), place(MASK_BYTES * blocks)];
      return { ...component, stride, blocks, coefficients, masks };
    });
    const end = place(0);
    this.layouts = stored.map((layout) => ({
      ...layout,
      plane: place(BLOCK * BLOCK * layout.blocks),
      factors: place(BLOCK_BYTES),
      address: place(12 * FIELD),
    }));
    this.picture = place(8 * FIELD);
    this.rowBytes = 4 * frame.width + 128;
    this.rows = place(3 * this.rowBytes);
    this.target = place(frame.height * frame.width * 3);
    reserve(kernel.memory, place(0));
    new Uint8Array(kernel.memory.buffer, start, end - start).fill(0);
    for (const layout of this.layouts) this.describe(layout);
  }

  /** Of a component, by its place in the frame; they are read before the scan that begins it. */
  setFactors(index: number, factors: Uint16Array): void {
    new Uint16Array(this.kernel.memory.buffer, this.layout(index).factors, 64).set(factors);
  }

  /** Says which tables a component's next scan has, and gives the address of its fields. */
  useTables(index: number, dcTable: number, acTable: number): number {
    const { address } = this.layout(index);
    this.write(address + 9 * FIELD, [dcTable, acTable]);
    return address;
  }

  /**
   * Makes the pixels of a rectangle, three bytes each; blocks that have no influence on them are left out.
   *
   * @returns a view of the kernel's memory
   */
  pixels({ top, left, height, width }: Box, isRgb: boolean): Uint8Array {
    const { frame, target } = this;
    const { functions, memory } = this.kernel;
    this.layouts.forEach((layout, index) => {
      const [across, down] = index === 0 ? [1, 1] : [frame.across, frame.down];
      const columns = blocksOf(left, width, across, layout.width);
      const rows = blocksOf(top, height, down, layout.height);
      functions.transformBlocks(layout.address, columns.first, rows.first, columns.end, rows.end);
    });
    const addresses = this.layouts.map(({ address }) => address);
    if (addresses.length === 1) {
      functions.paintGrey(addresses[0] as number, left, top, width, height, target);
    } else {
      const { across, down } = frame;
      this.write(this.picture, [...addresses, across, down, Number(isRgb), this.rows, this.rowBytes]);
      functions.paint(this.picture, left, top, width, height, target);
    }
    return new Uint8Array(memory.buffer, target, height * width * 3);
  }

  private layout(index: number): Layout {
    return this.layouts[index] as Layout;
  }

  private describe({ address, ...layout }: Layout): void {
    const { coefficients, masks, stride, across, down, factors, plane, width, height } = layout;
    this.write(address, [coefficients, masks, stride, across, down, factors, plane, width, height]);
  }

  private write(address: number, fields: readonly number[]): void {
    new Int32Array(this.kernel.memory.buffer, address, fields.length).set(fields);
  }
}

/** The blocks along one axis that pixels are made of; where samples are shared, their neighbours have influence. */
function blocksOf(start: number, length: number, shared: number, samples: number) {
  const margin = shared - 1;
  const first = Math.max(0, Math.floor(start / shared) - margin);
  const last = Math.min(samples - 1, Math.floor((start + length - 1) / shared) + margin);
  return { first: Math.floor(first / BLOCK), end: Math.floor(last / BLOCK) + 1 };
}
