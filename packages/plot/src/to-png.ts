import { createRequire } from 'node:module';
import type { Checker } from '@loopwright/core';
import type Sharp from 'sharp';

/** A picture of 1 inch of SVG, 72 pixels, has twice as many: sharp on screens of high resolution, and in print. */
const PIXELS_PER_INCH = 144;

/**
 * The picture as PNG, at twice the size of the SVG. Text is drawn in the machine's fonts.
 *
 * @throws LoopwrightError if sharp is not installed
 */
export async function toPng(check: Checker, svg: string): Promise<Uint8Array> {
  const sharp = loadSharp(check);
  return sharp(Buffer.from(svg), { density: PIXELS_PER_INCH })
    .flatten({ background: '#ffffff' })
    .png()
    .toBuffer();
}

/** It is required, not imported: the module that an import would get uses syntax that Node 20.9 lacks. */
function loadSharp(check: Checker): typeof Sharp {
  try {
    return createRequire(import.meta.url)('sharp') as typeof Sharp;
  } catch (cause) {
    return check.fail('PNG needs the package sharp: npm install sharp, or write .svg', { cause });
  }
}
