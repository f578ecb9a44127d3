import { byteLength, type Dtype } from './dtype.ts';
import { type Fail, quote } from './failure.ts';
import { parseHeader } from './header-parser.ts';

/** The reference implementation's limit, so that a hostile file cannot ask for much memory. */
const MAX_HEADER_BYTES = 100_000_000;

/** The bytes before the header: its length as an unsigned 64-bit integer. */
export const PREFIX_BYTES = 8;

/** Where a tensor lies, in bytes after the header. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What a header says; the tensors are in the order of their data. */
export interface Header {
  readonly metadata: Record<string, string>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** Reads the header's length from the first bytes of a file of `fileBytes`, before anything is allocated for it. */
export function readHeaderLength(prefix: Uint8Array, fileBytes: number, fail: Fail): number {
  if (fileBytes < PREFIX_BYTES) {
    return fail(`the file has ${fileBytes} bytes, too few for the header's length (${PREFIX_BYTES})`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    return fail(`the header's length is ${length} bytes, more than the format allows (${MAX_HEADER_BYTES})`);
  }
  if (length > BigInt(fileBytes - PREFIX_BYTES)) {
    return fail(`the header's length is ${length} bytes, but the file has ${fileBytes} in all`);
  }
  return Number(length);
}

/** Parses a header and checks that its tensors cover `dataBytes` exactly: no hole, no overlap, nothing left over. */
export function readHeader(bytes: Uint8Array, dataBytes: number, fail: Fail): Header {
  const header = parseHeader(decodeUtf8(bytes, fail), fail);
  const sorted = [...header.tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let offset = 0;
  for (const [name, entry] of sorted) {
    checkEntry(name, entry, offset, dataBytes, fail);
    offset = entry.end;
  }
  if (offset !== dataBytes)
    fail(`the tensors end at byte ${offset}, but there are ${dataBytes} bytes of data`);
  return { metadata: header.metadata, tensors: new Map(sorted) };
}

function checkEntry(name: string, entry: TensorEntry, offset: number, dataBytes: number, fail: Fail): void {
  const { dtype, shape, begin, end } = entry;
  const refuse = (problem: string) => fail(`tensor ${quote(name)}: ${problem}`);
  if (end < begin) refuse(`data_offsets [${begin}, ${end}] end before they begin`);
  if (begin > offset) refuse(`data_offsets begin at ${begin} and leave a hole after ${offset}`);
  if (begin < offset) refuse(`data_offsets begin at ${begin} and overlap the tensor that ends at ${offset}`);
  if (end > dataBytes) refuse(`data_offsets end at ${end}, but there are ${dataBytes} bytes of data`);
  const expected = byteLength(dtype, shape);
  if (typeof expected === 'string') refuse(`its shape ${expected}`);
  if (end - begin !== expected) {
    refuse(
      `${dtype} of shape [${shape.join(', ')}] takes ${expected} bytes, data_offsets span ${end - begin}`,
    );
  }
}

function decodeUtf8(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    return fail('the header is not valid UTF-8', { cause: error });
  }
}
