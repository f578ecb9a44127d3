/** The palette of M. Okabe and K. Ito that colour-blind readers can tell apart, without its yellow, illegible on white. */
export const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555'] as const;

export const INK = '#222222';
export const FAINT_INK = '#5a5a5a';
export const GRID_LINE = '#e6e6e6';
export const FONT = 'Helvetica, Arial, sans-serif';

export const PANEL_TITLE_SIZE = 14;
export const TITLE_SIZE = 18;
export const TEXT_SIZE = 12;

/** A text without what XML does not allow, on one line. */
export function drawnText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML refuses these.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]+/g, ' ').replace(/\p{Surrogate}/gu, '\ufffd');
}
