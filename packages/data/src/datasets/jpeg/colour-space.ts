/** What application segments say about the meaning of three components. */
export class ColourSpace {
  private isJfif = false;
  private adobeTransform: number | undefined;

  /** @param segment of APP0 or APP14 */
  read(marker: number, segment: Uint8Array): void {
    const begins = (text: string) => [...text].every((letter, i) => segment[i] === letter.charCodeAt(0));
    if (marker === 0xe0 && segment.length >= 14 && begins('JFIF\0')) this.isJfif = true;
    if (marker === 0xee && segment.length >= 12 && begins('Adobe')) this.adobeTransform = segment[11];
  }

  /** Whether components are red, green and blue, not luminance and colour differences; libjpeg's rules (jdapimin.c). */
  isRgb(ids: readonly number[]): boolean {
    if (this.isJfif) return false;
    if (this.adobeTransform !== undefined) return this.adobeTransform === 0;
    return String.fromCharCode(...ids) === 'RGB';
  }
}
