import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** Columns that a text takes on a terminal; escape sequences take none. */
export const textWidth: (text: string) => number = stringWidth;

/** A user's text on one line, without what would move the cursor or change colours. */
export function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal.
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A plain text cut to a number of columns, with an ellipsis where something was cut. */
export function truncate(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let width = 1;
  for (const { segment } of graphemes.segment(text)) {
    width += textWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return columns > 0 ? `${kept}…` : '';
}
