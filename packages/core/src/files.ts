/**
 * Files that are there whole or not at all. Only for Node.
 * @packageDocumentation
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** POSIX lets a system take no more pieces in one call; Linux takes 1024. */
const MAX_PIECES = 1024;

/** What a file is written from: text, bytes, or pieces of bytes one after the other. */
export type FileContent = string | Uint8Array | readonly Uint8Array[];

/**
 * Writes a file so that a crash at any moment, a power cut too, leaves the old one or the new one, whole: into a
 * temporary file beside it, flushed to the disk, then renamed, and the rename flushed as well. Of two processes that
 * write one file at once, one comes last.
 *
 * @param path in a folder that exists
 * @throws what the file system says; then the old file is untouched and no temporary one is left
 * @example
 * await replaceFile('notes.txt', 'first version');
 * await replaceFile('notes.txt', 'second version');
 */
export async function replaceFile(path: string, content: FileContent): Promise<void> {
  const temporary = besidePath(path);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await writeAll(handle, content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Does what {@link replaceFile} does, before it returns.
 *
 * @example
 * replaceFileSync('notes.txt', 'written at once');
 */
export function replaceFileSync(path: string, content: string | Uint8Array): void {
  const temporary = besidePath(path);
  try {
    withDescriptor(temporary, 'wx', (descriptor) => {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (process.platform !== 'win32') withDescriptor(dirname(path), 'r', fsyncSync);
}

/**
 * Flushes a folder to the disk, without which a rename in it may not survive a power cut. On Windows, which has no such
 * call, it does nothing.
 *
 * @throws what the file system says
 * @example
 * await syncFolder('.');
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Hands many pieces to the operating system at once, which takes far less time than one after the other. */
async function writeAll(handle: FileHandle, content: FileContent): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) return handle.writeFile(content);
  let pieces = content.filter(({ byteLength }) => byteLength > 0);
  while (pieces.length > 0) {
    const { bytesWritten } = await handle.writev(pieces.slice(0, MAX_PIECES));
    pieces = withoutFirst(pieces, bytesWritten);
  }
}

/** What is left when so many bytes have been written. */
function withoutFirst(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  return pieces.flatMap((piece) => {
    const written = Math.min(left, piece.byteLength);
    left -= written;
    return written === piece.byteLength ? [] : [piece.subarray(written)];
  });
}

function withDescriptor(path: string, flags: string, use: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags);
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function besidePath(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp-${process.pid}-${randomUUID()}`);
}
