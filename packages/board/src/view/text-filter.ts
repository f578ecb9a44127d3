/** What a filter lets through. */
export interface TextFilter {
  matches(text: string): boolean;
  /** Why it cannot be understood; it then lets everything through. */
  readonly problem?: string;
}

const EVERYTHING: TextFilter = { matches: () => true };

/** Every word has to be in the text, whatever the case; between slashes it is a regular expression. */
export function textFilter(filter: string): TextFilter {
  const trimmed = filter.trim();
  if (trimmed === '') return EVERYTHING;
  const pattern = /^\/(.+)\/$/.exec(trimmed)?.[1];
  if (pattern !== undefined) return patternFilter(pattern);
  const words = trimmed.toLowerCase().split(/\s+/);
  return { matches: (text) => words.every((word) => text.toLowerCase().includes(word)) };
}

function patternFilter(pattern: string): TextFilter {
  try {
    const expression = new RegExp(pattern, 'i');
    return { matches: (text) => expression.test(text) };
  } catch (error) {
    return { ...EVERYTHING, problem: (error as Error).message };
  }
}
