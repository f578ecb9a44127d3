import { Violation } from './target.ts';

/** Deeper and further than this nothing is looked at. */
const DEPTH = 4;
const WIDTH = 12;

/** What a result looks like, without its values: inputs that are read to something else than the others are worth keeping. */
export function shapeOfResult(value: unknown, depth = DEPTH): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'i' : Number.isFinite(value) ? 'n' : 'N';
  // A target that knows better what differs says it in a text.
  if (typeof value === 'string' && depth === DEPTH) return value.slice(0, 200);
  if (typeof value === 'string') return value === '' ? 'e' : 's';
  if (typeof value !== 'object' || value === null) return typeof value === 'object' ? '0' : typeof value;
  checkPrototype(value);
  if (ArrayBuffer.isView(value)) return `b${magnitude(value.byteLength)}`;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return `[${magnitude(value.length)}:${distinct(value, depth)}]`;
  if (value instanceof Map) return `M${magnitude(value.size)}:${distinct([...value.values()], depth)}`;
  const parts = Object.values(value).slice(0, WIDTH);
  return `{${parts.map((part) => shapeOfResult(part, depth - 1)).join()}}`;
}

/** What an error says, without the numbers and names in it. */
export function shapeOfError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${typeof error}`;
  const message = error.message
    .slice(0, 400)
    .replace(/"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[[{].*[}\]]/gs, '"…"');
  // JSON's own errors quote what surrounds the place.
  const plain = message.replace(/(Unexpected|Expected|Bad|Unterminated|No number|Exponent) .*$/s, '$1');
  return `${error.name}: ${plain.replace(/0x[0-9a-f]+|-?\d+/g, 'N').slice(0, 160)}`;
}

function distinct(values: readonly unknown[], depth: number): string {
  return [...new Set(values.slice(0, WIDTH).map((value) => shapeOfResult(value, depth - 1)))]
    .sort()
    .join('|');
}

/** A number's order: in results, 3 of something are hardly another kind than 4. */
export function magnitude(count: number): number {
  return Math.min(4, Math.ceil(Math.log2(count + 1) / 3));
}

/** A record whose prototype came out of a file has members that it does not list. */
function checkPrototype(value: object): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return;
  if (!Object.hasOwn(prototype as object, 'constructor') && !ArrayBuffer.isView(value)) {
    throw new Violation('a result has a prototype out of the file');
  }
}
