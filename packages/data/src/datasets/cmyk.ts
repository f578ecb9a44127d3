/**
 * Inks to colours, without a profile, as Pillow converts them: each colour is what black and its own ink leave of the white.
 *
 * Source: `cmyk2rgb` of Pillow (`libImaging/Convert.c`).
 *
 * @param inks four bytes a pixel: cyan, magenta, yellow and black
 */
export function cmykToRgb(inks: Uint8Array): Uint8Array {
  const colours = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4, to += 3) {
    const white = 255 - inks[from + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      colours[to + channel] = white - Math.round((inks[from + channel]! * white) / 255);
    }
  }
  return colours;
}
