/** An option of a benchmark: its default, and how its text is read. */
export interface Option<T> {
  readonly default: T;
  /** What stands after the name in the usage. */
  readonly usage: string;
  /** The value, or undefined if the text is none. */
  parse(text: string): T | undefined;
}

/** A positive integer. */
export function count(byDefault: number): Option<number> {
  return {
    default: byDefault,
    usage: 'N',
    parse(text) {
      const value = Number(text);
      return Number.isSafeInteger(value) && value > 0 ? value : undefined;
    },
  };
}

/** One of a few words; the first is the default. */
export function oneOf<const T extends string>(...words: readonly [T, ...T[]]): Option<T> {
  return {
    default: words[0],
    usage: words.join('|'),
    parse: (text) => words.find((word) => word === text),
  };
}

/** Any text. */
export function text(usage: string): Option<string | undefined> {
  return { default: undefined, usage, parse: (value) => value };
}
