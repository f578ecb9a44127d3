import type { Image } from '../dataset.ts';
import { resizeImage } from '../transforms/functional/resize-image.ts';
import { drawnLength, drawText, GLYPH } from './pixel-font.ts';

/** One image of a sheet and what stands below it, in one or more lines. */
export interface Cell {
  readonly image: Image;
  readonly caption: string;
}

/** Small images are enlarged by whole factors up to about this width, in pixels. */
const CELL_WIDTH = 128;
const GAP = 8;
const LINE = 2 * GLYPH.height + GAP / 2;
const PAPER = 255;
const INK = 20;

/**
 * Lays out images of one size in rows, each with its caption below, on white.
 *
 * @param cells at least one, of 1 or 3 channels
 * @returns an image of three channels
 */
export function contactSheet(cells: readonly Cell[], columns: number): Image {
  const { height, width } = cells[0]!.image;
  const factor = Math.max(1, Math.round(CELL_WIDTH / width));
  const cell = { height: height * factor, width: width * factor };
  const lines = Math.max(...cells.map(({ caption }) => (caption === '' ? 0 : caption.split('\n').length)));
  const pitch = { height: cell.height + lines * LINE + GAP, width: cell.width + GAP };
  const rows = Math.ceil(cells.length / columns);
  const sheet = blank(GAP + rows * pitch.height, GAP + columns * pitch.width);
  for (const [position, { image, caption }] of cells.entries()) {
    const left = GAP + (position % columns) * pitch.width;
    const top = GAP + Math.floor(position / columns) * pitch.height;
    paste(resizeImage(image, cell, 'nearest'), sheet, top, left);
    write(caption.split('\n'), sheet, top + cell.height + GAP / 2, left, cell.width);
  }
  return sheet;
}

function blank(height: number, width: number): Image {
  return { data: new Uint8Array(height * width * 3).fill(PAPER), height, width, channels: 3 };
}

function paste({ data, height, width, channels }: Image, sheet: Image, top: number, left: number): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const target = ((top + row) * sheet.width + left + column) * 3;
      const source = (row * width + column) * channels;
      for (let channel = 0; channel < 3; channel++) {
        sheet.data[target + channel] = data[source + (channel % channels)]!;
      }
    }
  }
}

/** Writes lines, twice as large if they fit; what does not fit at all is cut. */
function write(lines: readonly string[], sheet: Image, top: number, left: number, width: number): void {
  const longest = Math.max(...lines.map(drawnLength)) * GLYPH.advance;
  const scale = 2 * longest <= width + GLYPH.advance ? 2 : 1;
  for (const [line, text] of lines.entries()) {
    drawText(text, (column, row) => {
      if ((column + 1) * scale > width) return;
      const first = top + line * LINE + row * scale;
      for (let y = first; y < first + scale; y++) {
        const start = (y * sheet.width + left + column * scale) * 3;
        sheet.data.fill(INK, start, start + 3 * scale);
      }
    });
  }
}
