import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

/** So much is read at once: parsing it holds the process up for some milliseconds. */
const CHUNK = 2 ** 19;
/** So many bytes before the end of what was read are compared with the file to see that it is still the same. */
const FINGERPRINT = 48;

/** What happened to a file since it was last looked at. */
export type Growth =
  | { readonly kind: 'same' }
  | { readonly kind: 'grown'; readonly bytes: Uint8Array }
  /** It is another file now, or its beginning has changed: it has to be read anew. */
  | { readonly kind: 'replaced' };

const SAME: Growth = { kind: 'same' };

/**
 * A file that another program writes. Each byte is read once; a file that was replaced, cut or rewritten is noticed. Links
 * are not followed, neither at the file nor on the way to it, so that nothing outside `root` is ever read.
 */
export class GrowingFile {
  readonly path: string;
  private readonly root: string;
  private offset = 0;
  private seen = '';
  private identity = '';
  private fingerprint = Buffer.alloc(0);
  private modified = 0;

  /**
   * @param root an absolute path without links
   * @param path relative to it
   */
  constructor(root: string, path: string) {
    this.root = root;
    this.path = path;
  }

  /** When it was last written to: milliseconds since 1970. */
  get modifiedMs(): number {
    return this.modified;
  }

  /** How many bytes have been read. */
  get bytesRead(): number {
    return this.offset;
  }

  /** @throws what the file system says, of a file that cannot be read */
  async next(): Promise<Growth> {
    const location = join(this.root, this.path);
    const stats = await lstat(location);
    if (!stats.isFile()) throw new Error('it is no regular file');
    if (`${identityOf(stats)} ${stats.size} ${stats.mtimeMs}` === this.seen) return SAME;
    await checkInside(this.root, dirname(location));
    const handle = await open(location, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return await this.readNext(handle);
    } finally {
      await handle.close();
    }
  }

  private async readNext(handle: FileHandle): Promise<Growth> {
    const stats = await handle.stat();
    this.modified = stats.mtimeMs;
    if (this.offset > 0 && !(await this.isSameFile(handle, stats))) {
      this.offset = 0;
      this.fingerprint = Buffer.alloc(0);
      this.seen = '';
      return { kind: 'replaced' };
    }
    this.identity = identityOf(stats);
    const bytes = await readAt(handle, this.offset, Math.min(CHUNK, stats.size - this.offset));
    this.offset += bytes.length;
    this.fingerprint = Buffer.concat([this.fingerprint, bytes.subarray(-FINGERPRINT)]).subarray(-FINGERPRINT);
    if (this.offset >= stats.size) this.seen = `${this.identity} ${stats.size} ${stats.mtimeMs}`;
    return bytes.length === 0 ? SAME : { kind: 'grown', bytes };
  }

  private async isSameFile(handle: FileHandle, stats: Stats): Promise<boolean> {
    if (identityOf(stats) !== this.identity || stats.size < this.offset) return false;
    const { length } = this.fingerprint;
    return (await readAt(handle, this.offset - length, length)).equals(this.fingerprint);
  }
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, length));
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

/** @throws Error if links lead out of `root` */
export async function checkInside(root: string, folder: string): Promise<void> {
  const real = await realpath(folder);
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new Error('a link leads out of the folder');
  }
}
