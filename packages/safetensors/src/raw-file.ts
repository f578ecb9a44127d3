import type { FileHandle } from 'node:fs/promises';
import { checker, reasonOf, show } from '@loopwright/core';
import type { Dtype } from './dtype.ts';
import { type Fail, failAt, quote } from './failure.ts';
import { type Header, PREFIX_BYTES, readHeader, readHeaderLength, type TensorEntry } from './header.ts';
import type { Metadata, RawTensor } from './raw-tensor.ts';

/** What a file says of a tensor before its data are read. */
export interface TensorInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Size of the data in bytes. */
  readonly byteLength: number;
}

const check = checker('safetensors', 'openRaw');

/**
 * Opens a file and reads its header alone. Only works where there are files (not in a browser).
 *
 * @returns a file that the caller closes
 * @throws LoopwrightError if the file cannot be read, or its header is malformed
 * @example
 * await save('model.safetensors', namedVariables(model));
 * const file = await openRaw('model.safetensors');
 * const { dtype, bytes } = await file.readRaw('head/bias');
 * await file.close();
 */
export async function openRaw(path: string): Promise<RawFile> {
  return openWith(path, failAt(check, check.string('path', path)), RawFile);
}

/** {@link openRaw} for a class of the caller's, with errors of the caller's. */
export async function openWith<T extends RawFile>(
  path: string,
  fail: Fail,
  type: new (parts: OpenedFile) => T,
): Promise<T> {
  const { open } = await import('node:fs/promises');
  const handle = await open(path, 'r').catch((error) =>
    fail(`cannot open: ${reasonOf(error)}`, { cause: error }),
  );
  try {
    return new type({ handle, fail, ...(await readStart(handle, fail)) });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** What {@link RawFile} is made of. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly header: Header;
  /** Where the data start in the file. */
  readonly dataStart: number;
  readonly fail: Fail;
}

/** An open safetensors file whose tensors are read one by one. Made by {@link openRaw}. */
export class RawFile {
  protected readonly fail: Fail;
  private readonly file: OpenedFile;

  constructor(file: OpenedFile) {
    this.file = file;
    this.fail = file.fail;
  }

  /** The tensors' names, in the order of their data. */
  get names(): string[] {
    return [...this.file.header.tensors.keys()];
  }

  get metadata(): Metadata {
    return this.file.header.metadata;
  }

  /**
   * Type, shape and size of a tensor.
   *
   * @throws LoopwrightError if there is no such tensor
   */
  info(name: string): TensorInfo {
    const { dtype, shape, begin, end } = this.entry(name);
    return { dtype, shape, byteLength: end - begin };
  }

  /**
   * Reads one tensor's exact bytes, and nothing else of the file. The result is the caller's own memory.
   *
   * @throws LoopwrightError if there is no such tensor, or the file cannot be read
   */
  async readRaw(name: string): Promise<RawTensor> {
    const { dtype, shape, begin, end } = this.entry(name);
    const bytes = await readRange(this.file.handle, this.file.dataStart + begin, end - begin, this.fail);
    return { dtype, shape, bytes };
  }

  /** Closes the file; nothing can be read after it. */
  async close(): Promise<void> {
    await this.file.handle.close();
  }

  private entry(name: string): TensorEntry {
    const entry = this.file.header.tensors.get(name);
    if (entry !== undefined) return entry;
    return this.fail(`there is no tensor ${quote(name)}; the file has ${show(this.names)}`);
  }
}

async function readStart(handle: FileHandle, fail: Fail): Promise<{ header: Header; dataStart: number }> {
  const { size } = await handle.stat();
  const prefix = await readRange(handle, 0, Math.min(size, PREFIX_BYTES), fail);
  const length = readHeaderLength(prefix, size, fail);
  const bytes = await readRange(handle, PREFIX_BYTES, length, fail);
  const dataStart = PREFIX_BYTES + length;
  return { header: readHeader(bytes, size - dataStart, fail), dataStart };
}

/** One read takes at most this much: the system's own limit is just below 2 GiB. */
const MAX_READ_BYTES = 2 ** 30;

async function readRange(
  handle: FileHandle,
  position: number,
  length: number,
  fail: Fail,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const size = Math.min(length - filled, MAX_READ_BYTES);
    const { bytesRead } = await handle
      .read(bytes, filled, size, position + filled)
      .catch((error) => fail(`cannot read: ${reasonOf(error)}`, { cause: error }));
    if (bytesRead === 0) fail(`the file ends at byte ${position + filled}: it was cut while it was open`);
    filled += bytesRead;
  }
  return bytes;
}
