import type { Box } from '../../transforms/functional/resize-image.ts';
import { allocator, type LoadedKernel, type Place, reserve } from '../../web-assembly.ts';
import { Coefficients } from './coefficients.ts';
import { ColourSpace } from './colour-space.ts';
import { type Frame, readFrame } from './frame.ts';
import { type JpegFunctions, loadJpegKernel, ScanMode } from './kernel.ts';
import { Progression } from './progression.ts';
import { readQuantization } from './quantization.ts';
import { NotDecodable, refuse } from './refuse.ts';
import { readScanHeader } from './scan-header.ts';
import { MARKER, markerAt, readRestartInterval, segmentAt } from './segments.ts';

const LARGEST_FILE = 1 << 26;
/** More scans than encoders make: each takes time by the image's size, however short it is. */
const MOST_SCANS = 100;
/** Of a Huffman table of means: the number of bits that follow. */
const LARGEST_DC_SYMBOL = 15;
/** How far behind the data of a scan damaged ones may reach. */
const GUARD = 512;

/** A file whose data have been read and are whole. */
export interface DecodedJpeg {
  readonly height: number;
  readonly width: number;
  /**
   * The pixels of a rectangle inside the image, three bytes each.
   *
   * @returns a view of the decoder's memory, valid until the next call, of any image
   */
  pixels(box: Box): Uint8Array;
}

/**
 * Decodes a JPEG file to the bytes that libjpeg-turbo gives with its accurate transform: 8 bits, sequential or
 * progressive, Huffman codes, grey or three components with 4:4:4, 4:2:2, 4:4:0 or 4:2:0 samples.
 *
 * @returns nothing for what it does not take: other kinds, very large images, and files with anything wrong in them.
 * A result is valid until the next file is decoded
 */
export function decodeJpeg(file: Uint8Array): DecodedJpeg | undefined {
  if (file[0] !== 0xff || file[1] !== MARKER.soi || file.length > LARGEST_FILE) return undefined;
  try {
    return new JpegDecoder(file).decode();
  } catch (error) {
    if (error instanceof NotDecodable) return undefined;
    throw error;
  }
}

/** A file on its way. */
class JpegDecoder {
  private readonly kernel: LoadedKernel<JpegFunctions> = loadJpegKernel();
  private readonly place: Place = allocator(this.kernel.functions.firstFree());
  private readonly file: Uint8Array;
  private readonly colourSpace = new ColourSpace();
  private readonly quantization = new Map<number, Uint16Array>();
  /** By class (DC, AC) × 4 + number. */
  private readonly huffman: readonly number[];
  private readonly built = new Set<number>();
  /** Of the file, the end of room for the bits of a scan, and its list of components. */
  private readonly source: number;
  private readonly high: number;
  private readonly list: number;
  private frame: Frame | undefined;
  private coefficients: Coefficients | undefined;
  private progressions: readonly Progression[] = [];
  private restartInterval = 0;
  private scans = 0;

  constructor(file: Uint8Array) {
    this.file = new Uint8Array(file.buffer, file.byteOffset, file.length); // views of a Buffer are slower
    const { functions, memory } = this.kernel;
    this.huffman = Array.from({ length: 8 }, () => this.place(functions.tableBytes()));
    this.list = this.place(4 * 3);
    this.source = this.place(file.length);
    this.high = this.place(GUARD + file.length) + GUARD + file.length;
    reserve(memory, this.place(0));
    new Uint8Array(memory.buffer, this.source).set(file);
  }

  decode(): DecodedJpeg {
    let at = 2;
    for (;;) {
      const { code, end: start } = markerAt(this.file, at);
      if (code === MARKER.eoi) return this.finish();
      const { segment, end } = segmentAt(this.file, start);
      at = end;
      if (code === MARKER.sos) at = this.readScan(segment, end);
      else if (code === MARKER.dht) this.readHuffman(start + 2, end);
      else if (code === MARKER.dqt) readQuantization(segment, this.quantization);
      else if (code === MARKER.dri) this.restartInterval = readRestartInterval(segment);
      else if (code >= MARKER.sof0 && code <= MARKER.sof2) this.begin(segment, code === MARKER.sof2);
      else if (code >= MARKER.app0 && code <= MARKER.app15) this.colourSpace.read(code, segment);
      else if (code !== MARKER.comment) refuse('marker');
    }
  }

  private readHuffman(start: number, end: number): void {
    const { functions } = this.kernel;
    let at = start;
    while (at < end) {
      const kind = this.file[at] as number;
      const [type, number] = [kind >> 4, kind & 15];
      if (type > 1 || number > 3) refuse('Huffman table');
      const table = 4 * type + number;
      const largest = type === 0 ? LARGEST_DC_SYMBOL : 255;
      const symbols = functions.buildTable(this.source + at + 1, this.huffman[table] as number, largest);
      at += 17 + symbols;
      if (symbols < 0 || at > end) refuse('Huffman table');
      this.built.add(table);
    }
  }

  private begin(segment: Uint8Array, isProgressive: boolean): void {
    if (this.frame !== undefined) refuse('second frame');
    this.frame = readFrame(segment, isProgressive);
    this.coefficients = new Coefficients(this.kernel, this.frame, this.place);
    this.progressions = this.frame.components.map(() => new Progression());
  }

  /** @returns where the marker behind it is */
  private readScan(segment: Uint8Array, start: number): number {
    const { frame, coefficients } = this;
    if (frame === undefined || coefficients === undefined || this.scans++ === MOST_SCANS) refuse('scan');
    const { components, band } = readScanHeader(segment, frame);
    let mode: ScanMode = ScanMode.sequential;
    const addresses = components.map(({ index, dcTable, acTable }) => {
      const progression = this.progressions[index] as Progression;
      if (progression.isNew) coefficients.setFactors(index, this.factors(index));
      mode = progression.begin(band, frame.isProgressive);
      return coefficients.useTables(index, this.table(dcTable, mode), this.table(4 + acTable, mode));
    });
    new Int32Array(this.kernel.memory.buffer, this.list, 3).set(addresses);
    // A component alone has its own blocks, one after another, without those that fill up MCUs.
    const alone = components.length === 1 ? frame.components[components[0]?.index ?? 0] : undefined;
    const marker = this.kernel.functions.decodeScan(
      this.source + start,
      this.source + this.file.length,
      this.high,
      this.list,
      components.length,
      alone === undefined ? frame.mcusWide : Math.ceil(alone.width / 8),
      alone === undefined ? frame.mcusHigh : Math.ceil(alone.height / 8),
      this.restartInterval,
      mode,
      band.first,
      band.last,
      band.low,
    );
    if (marker === 0) refuse('data of a scan');
    return marker - this.source;
  }

  /** The address of a Huffman table that a scan has use for. */
  private table(table: number, mode: ScanMode): number {
    const isDc = table < 4;
    const isUsed = isDc ? mode <= ScanMode.dcFirst : mode === ScanMode.sequential || mode >= ScanMode.acFirst;
    if (isUsed && !this.built.has(table)) refuse('no Huffman table');
    return this.huffman[table] as number;
  }

  private factors(component: number): Uint16Array {
    const number = this.frame?.components[component]?.quantization ?? 0;
    return this.quantization.get(number) ?? refuse('no quantization table');
  }

  private finish(): DecodedJpeg {
    const { frame, coefficients, colourSpace } = this;
    if (frame === undefined || coefficients === undefined) return refuse('no frame');
    if (!this.progressions.every(({ isComplete }) => isComplete)) refuse('missing scans');
    const isRgb = colourSpace.isRgb(frame.components.map(({ id }) => id));
    const { height, width } = frame;
    return { height, width, pixels: (box) => coefficients.pixels(box, isRgb) };
  }
}
