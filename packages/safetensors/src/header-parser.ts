import { isDtype } from './dtype.ts';
import { type Fail, quote } from './failure.ts';
import type { TensorEntry } from './header.ts';

/** The name under which a header keeps its metadata; no tensor can have it. */
export const METADATA_KEY = '__metadata__';

/** What {@link parseHeader} reads: the tensors are in the order of the text, and their extents are not checked. */
export interface ParsedHeader {
  readonly metadata: Record<string, string>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/**
 * Parses the JSON of a header, and only that: an object of tensor entries and one of metadata. `JSON.parse` cannot be
 * used, because it keeps the last of two equal keys in silence, takes `1.0` for an integer, and nests without end.
 */
export function parseHeader(text: string, fail: Fail): ParsedHeader {
  if (!text.startsWith('{')) fail(`the header must start with "{", got ${quote(text.slice(0, 1))}`);
  const cursor = new Cursor(text, fail);
  const tensors = new Map<string, TensorEntry>();
  let metadata: [string, string][] = [];
  cursor.members('the header', (key) => {
    if (key === METADATA_KEY) metadata = readMetadata(cursor);
    else tensors.set(key, readEntry(cursor, key, fail));
  });
  cursor.end();
  return { metadata: Object.fromEntries(metadata), tensors };
}

function readMetadata(cursor: Cursor): [string, string][] {
  const entries: [string, string][] = [];
  cursor.members(METADATA_KEY, (key) => {
    entries.push([key, cursor.string()]);
  });
  return entries;
}

function readEntry(cursor: Cursor, name: string, fail: Fail): TensorEntry {
  const what = `tensor ${quote(name)}`;
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  cursor.members(what, (key) => {
    if (key === 'dtype') dtype = cursor.string();
    else if (key === 'shape') shape = cursor.integers();
    else if (key === 'data_offsets') offsets = cursor.integers();
    else fail(`${what}: unknown field ${quote(key)}`);
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    return fail(`${what}: needs dtype, shape and data_offsets`);
  }
  if (!isDtype(dtype)) return fail(`${what}: unknown dtype ${quote(dtype)}`);
  const [begin, end, ...more] = offsets;
  if (begin === undefined || end === undefined || more.length > 0) {
    return fail(`${what}: data_offsets must be two integers, got ${offsets.length}`);
  }
  return { dtype, shape, begin, end };
}

/** Walks over JSON text, naming the position of whatever does not fit. */
class Cursor {
  private readonly text: string;
  private readonly fail: Fail;
  private position = 0;

  constructor(text: string, fail: Fail) {
    this.text = text;
    this.fail = fail;
  }

  /** Reads an object; `read` is called at each value. */
  members(what: string, read: (key: string) => void): void {
    this.expect('{');
    if (this.accept('}')) return;
    const seen = new Set<string>();
    do {
      const key = this.string();
      if (seen.has(key)) this.fail(`${what}: duplicate key ${quote(key)}`);
      seen.add(key);
      this.expect(':');
      read(key);
    } while (this.accept(','));
    this.expect('}');
  }

  string(): string {
    this.skipSpace();
    const start = this.position;
    if (this.text[start] !== '"') return this.unexpected('a string');
    const end = this.closingQuote(start);
    this.position = end + 1;
    const value = this.unescape(start, end);
    if (/\p{Surrogate}/u.test(value))
      this.fail(`the string at character ${start} of the header is not valid Unicode`);
    return value;
  }

  integers(): number[] {
    this.expect('[');
    if (this.accept(']')) return [];
    const values = [this.integer()];
    while (this.accept(',')) values.push(this.integer());
    this.expect(']');
    return values;
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.skipSpace();
    if (this.position !== this.text.length) this.unexpected('only spaces after the last "}"');
  }

  private integer(): number {
    this.skipSpace();
    const pattern = /0|[1-9][0-9]*/y;
    pattern.lastIndex = this.position;
    const digits = pattern.exec(this.text)?.[0];
    if (digits === undefined) return this.unexpected('a non-negative integer');
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) return this.unexpected('an integer below 2^53');
    this.position += digits.length;
    return value;
  }

  private expect(token: string): void {
    if (!this.accept(token)) this.unexpected(`"${token}"`);
  }

  private accept(token: string): boolean {
    this.skipSpace();
    if (this.text[this.position] !== token) return false;
    this.position++;
    return true;
  }

  private skipSpace(): void {
    while (' \t\n\r'.includes(this.text[this.position] ?? '.')) this.position++;
  }

  private closingQuote(start: number): number {
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) return this.fail(`the string at character ${start} of the header does not end`);
    } while (this.isEscaped(end));
    return end;
  }

  /** Whether an odd number of backslashes precedes. */
  private isEscaped(position: number): boolean {
    let first = position;
    while (this.text[first - 1] === '\\') first--;
    return (position - first) % 2 === 1;
  }

  private unescape(start: number, end: number): string {
    try {
      return JSON.parse(this.text.slice(start, end + 1)) as string;
    } catch (error) {
      return this.fail(`the string at character ${start} of the header is not valid JSON`, { cause: error });
    }
  }

  private unexpected(expected: string): never {
    const found = this.text[this.position];
    const got = found === undefined ? 'the end' : quote(found);
    return this.fail(`expected ${expected} at character ${this.position} of the header, got ${got}`);
  }
}
