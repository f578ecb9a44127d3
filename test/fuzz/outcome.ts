import { Violation } from './target.ts';

/** Deeper and further than this nothing is looked at. */
const DEPTH = 4;
const WIDTH = 12;
/** Enough to tell callers of the same check apart. */
const FRAMES = 6;

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

/** Where an error comes from: in which lines of the parsers, and what the library below says. Its message is full of the input. */
export function shapeOfError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${typeof error}`;
  const lines = (error.stack ?? '').split('\n').filter((line) => line.includes('packages/'));
  const places = lines.slice(0, FRAMES).map((line) => /[^/]+:\d+:\d+/.exec(line)?.[0]);
  const words = /^[A-Z_]\w+:? [a-z]+/.exec(error.message)?.[0] ?? '';
  const cause = error.cause === undefined ? '' : shapeOfError(error.cause);
  return `${error.name} ${words} ${places.join()} ${cause}`;
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
