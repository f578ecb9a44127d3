import { decodePart, type PartlyDecodable } from '../../decode-part.ts';
import type { Box } from '../../transforms/functional/resize-image.ts';
import { type DecodedJpeg, decodeJpeg } from './decode-jpeg.ts';

/**
 * An image in a JPEG file, three channels of bytes. Its data have been read and are whole; pixels are made of them when
 * they are asked for, and only those that are.
 *
 * The decoder holds one file at a time. If it has gone on to another one, this one is read again.
 */
export class JpegImage implements PartlyDecodable {
  readonly height: number;
  readonly width: number;
  readonly channels = 3;
  /** All pixels. A property of the object's own, so that copies of the object have it. */
  declare readonly data: Uint8Array;
  readonly #file: Uint8Array;

  private constructor(file: Uint8Array, { height, width }: DecodedJpeg) {
    this.height = height;
    this.width = width;
    this.#file = file;
    const data = { configurable: true, enumerable: true };
    Object.defineProperty(this, 'data', {
      ...data,
      get: () => {
        const value = this[decodePart]({ top: 0, left: 0, height, width }).slice();
        Object.defineProperty(this, 'data', { ...data, value });
        return value;
      },
    });
  }

  /** @returns nothing for a file that is left to other decoders, for its kind or for what is wrong with it */
  static read(file: Uint8Array): JpegImage | undefined {
    const decoded = decodeJpeg(file);
    if (decoded === undefined) return undefined;
    last = { file, decoded };
    return new JpegImage(file, decoded);
  }

  [decodePart](box: Box): Uint8Array {
    if (last?.file !== this.#file)
      last = { file: this.#file, decoded: decodeJpeg(this.#file) as DecodedJpeg };
    return last.decoded.pixels(box);
  }
}

/** What the decoder holds. */
let last: { readonly file: Uint8Array; readonly decoded: DecodedJpeg } | undefined;
