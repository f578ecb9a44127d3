/** Pixels of a character, and from one to the next. */
export const GLYPH = { width: 5, height: 7, advance: 6 } as const;

/**
 * The printable characters of ASCII from `!` to `~`: seven rows each, a digit to base 32 a row, whose highest bit is the
 * leftmost pixel. Fonts are not to be relied on where networks train, so the sheet carries its own.
 */
const GLYPHS = `
  4444404 aaa0000 aavavaa 4fke5u4 op248j3 cik8lid 4480000 2488842 8422248 04lel40 044v440 0000c48
  000v000 00000cc 01248g0
  ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888 ehhehhe ehhf12c
  0cc0cc0 0cc0c48 248g842 00v0v00 8421248 eh12404 eh1dlle
  ehhvhhh uhhuhhu ehggghe sihhhis vgguggv vgguggg ehgnhhf hhhvhhh e44444e 72222ic hikokih ggggggv
  hrllhhh hhpljhh ehhhhhe uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhha4 hhhllla hha4ahh
  hha4444 v1248gv
  e88888e 0g84210 e22222e 4ah0000 000000v 8420000
  00e1fhf ggmphhu 00egghe 11djhhf 00ehvge 698s888 0fhhf1e ggmphhh 40c444e 20622ic ggikoki c44444e
  00qllhh 00mphhh 00ehhhe 00uhugg 00djf11 00mpggg 00ege1u 88s8896 00hhhjd 00hhha4 00hhlla 00ha4ah
  00hhf1e 00v248v
  2448442 4444444 8442448 008l200
`
  .trim()
  .split(/\s+/);

const FIRST = '!'.charCodeAt(0);
const BLANK = '0000000';
/** A hollow box, for what has no glyph. */
const UNKNOWN = 'vhhhhhv';

/**
 * Tells of each pixel of a line of text whether it is inked. Accents are dropped; other characters outside ASCII become
 * hollow boxes.
 *
 * @param draw gets the column and row of each inked pixel, from the text's upper left corner
 */
export function drawText(text: string, draw: (column: number, row: number) => void): void {
  for (const [position, character] of [...plain(text)].entries()) {
    const glyph = character === ' ' ? BLANK : (GLYPHS[character.charCodeAt(0) - FIRST] ?? UNKNOWN);
    for (let row = 0; row < GLYPH.height; row++) {
      const bits = Number.parseInt(glyph[row]!, 32);
      for (let column = 0; column < GLYPH.width; column++) {
        if ((bits >> (GLYPH.width - 1 - column)) & 1) draw(position * GLYPH.advance + column, row);
      }
    }
  }
}

/** How many characters a text takes when drawn. */
export function drawnLength(text: string): number {
  return [...plain(text)].length;
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{Mark}/gu, '');
}
