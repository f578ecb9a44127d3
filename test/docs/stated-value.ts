/** A number, a string, a word, a bracket or a separator of a value written in a comment. */
const TOKEN = /"(?:[^"\\]|\\.)*"|'[^']*'|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?…?|[A-Za-z_$][\w$]*|[[\]{}:,…]/g;

const NUMBER = /^-?\d/;
const VALUE_WORD = /^(true|false|null|undefined|NaN)$/;

/** Integers agree exactly, other numbers up to the rounding of float32 arithmetic, or in the digits before `…`. */
const RELATIVE_TOLERANCE = 1e-5;
const ABSOLUTE_TOLERANCE = 1e-7;

/**
 * Whether a comment is one value in the notation of JavaScript's literals, and so a claim that can be checked:
 * `0.5`, `'BF16'`, `[1, 0.85…, …]`, `{ epoch: 1 }`. Any other comment is prose.
 */
export function isValue(comment: string): boolean {
  const tokens = tokensOf(comment);
  const unknown = comment.replace(TOKEN, '').trim() !== '';
  const prose = tokens.some((token, i) => isWord(token) && !VALUE_WORD.test(token) && tokens[i + 1] !== ':');
  return !unknown && !prose && isOneValue(tokens);
}

/** Whether a value is the one that a comment states. `…` in the place of a list's last elements stands for any. */
export function agrees(value: unknown, comment: string): boolean {
  const stated = tokensOf(comment);
  const actual = tokensOf(print(value));
  const end = stated.indexOf('…');
  const compared = end < 0 ? stated : stated.slice(0, end);
  return (
    (end >= 0 || stated.length === actual.length) &&
    compared.every((token, i) => agreesWith(actual[i] ?? '', token))
  );
}

/** A value as a comment would state it; a tensor by its elements. */
export function print(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  return JSON.stringify(value, (_, part) => plain(part)) ?? String(value);
}

function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  if (isTensor(value)) return value.arraySync();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

function isTensor(value: unknown): value is { arraySync(): unknown } {
  return typeof (value as { arraySync?: unknown } | null)?.arraySync === 'function';
}

function tokensOf(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

function isWord(token: string): boolean {
  return /^[A-Za-z_$]/.test(token);
}

function isOneValue(tokens: readonly string[]): boolean {
  let depth = 0;
  const ends = tokens.map((token) => {
    if (/^[[{]$/.test(token)) depth += 1;
    if (/^[\]}]$/.test(token)) depth -= 1;
    return depth === 0;
  });
  const separators = /^[:,…]$/;
  return ends.indexOf(true) === tokens.length - 1 && tokens.length > 0 && !separators.test(tokens[0] ?? '');
}

function agreesWith(actual: string, stated: string): boolean {
  if (!NUMBER.test(stated) || !NUMBER.test(actual)) return unquoted(actual) === unquoted(stated);
  const [value, claim] = [Number(actual), Number.parseFloat(stated)];
  if (Number.isInteger(value) && Number.isInteger(claim)) return value === claim;
  const tolerance = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * Math.abs(claim);
  const further = claim < 0 ? claim - value : value - claim;
  if (stated.endsWith('…')) return further >= -tolerance && further < 10 ** -decimals(stated);
  return Math.abs(further) <= tolerance;
}

function unquoted(token: string): string {
  if (token.startsWith('"')) return JSON.parse(token);
  return token.startsWith("'") ? token.slice(1, -1) : token;
}

function decimals(number: string): number {
  return /\.(\d+)/.exec(number)?.[1]?.length ?? 0;
}
