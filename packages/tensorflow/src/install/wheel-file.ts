import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { OnProgress } from './progress.ts';
import { DamagedFile } from './wheel-errors.ts';

/** A file that was taken out of a wheel. */
export interface ExtractedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * A wheel (a zip with a `.dist-info` folder that describes it), open for reading. Close it when done.
 *
 * @example
 * const wheel = await WheelFile.open('tensorflow_cpu-2.21.0-….whl');
 * await wheel.extract((path) => path.startsWith('tensorflow/include/'), folder, 'Extracting', onProgress);
 * wheel.close();
 */
export class WheelFile {
  readonly path: string;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(path: string, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.path = path;
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws Error if the file is no zip or was cut short */
  static async open(path: string): Promise<WheelFile> {
    try {
      // yauzl refuses absolute paths and paths that climb out of the folder.
      const zip = await openPromise(path, { autoClose: false });
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
      return new WheelFile(path, zip, entries);
    } catch (error) {
      throw new DamagedFile(`${path} is not a whole wheel: ${(error as Error).message}`);
    }
  }

  get paths(): string[] {
    return [...this.#entries.keys()].filter((path) => !path.endsWith('/'));
  }

  /** The values of a header in the wheel's `METADATA` or `WHEEL` file, for example `Version` or `Tag`. */
  async headers(file: 'METADATA' | 'WHEEL', header: string): Promise<string[]> {
    const [head = ''] = (await this.#describing(file)).split(/\r?\n\r?\n/);
    const prefix = `${header}: `;
    return head
      .split(/\r?\n/)
      .filter((line) => line.startsWith(prefix))
      .map((line) => line.slice(prefix.length).trim());
  }

  /**
   * Writes the wanted files below a folder, each checked against the sha256 that the wheel itself records for it, and
   * waits until they are on the disk.
   */
  async extract(
    wanted: (path: string) => boolean,
    folder: string,
    step: string,
    onProgress: OnProgress,
  ): Promise<ExtractedFile[]> {
    const paths = this.paths.filter(wanted);
    const recorded = await this.#recordedHashes();
    const total = paths.reduce((sum, path) => sum + (this.#entries.get(path)?.uncompressedSize ?? 0), 0);
    const extracted: ExtractedFile[] = [];
    let done = 0;
    for (const path of paths) {
      const file = await this.#extractOne(path, join(folder, path), (bytes) => {
        done += bytes;
        onProgress({ step, done, total });
      });
      if (recorded.get(path) !== file.sha256) {
        throw new DamagedFile(`${this.path} is damaged: ${path} is not what the wheel's own record says`);
      }
      extracted.push(file);
    }
    return extracted;
  }

  close(): void {
    this.#zip.close();
  }

  async #extractOne(path: string, place: string, onBytes: (bytes: number) => void): Promise<ExtractedFile> {
    await mkdir(dirname(place), { recursive: true });
    const file = await open(place, 'wx');
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const data of this.#read(path)) {
        hash.update(data);
        await file.appendFile(data);
        bytes += data.length;
        onBytes(data.length);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return { path, bytes, sha256: hash.digest('hex') };
  }

  /** The sha256 of each file, from `RECORD`, where it stands as `path,sha256=base64url,bytes`. */
  async #recordedHashes(): Promise<Map<string, string>> {
    const lines = (await this.#describing('RECORD')).split(/\r?\n/);
    return new Map(
      lines.flatMap((line) => {
        const [, path, digest] = /^"?(.+?)"?,sha256=([\w-]+),\d*$/.exec(line) ?? [];
        if (path === undefined || digest === undefined) return [];
        return [[path, Buffer.from(digest, 'base64url').toString('hex')] as const];
      }),
    );
  }

  async #describing(file: string): Promise<string> {
    const path = this.paths.find(
      (name) => /^[^/]+\.dist-info\/[^/]+$/.test(name) && name.endsWith(`/${file}`),
    );
    if (path === undefined) throw new Error(`${this.path} is not a wheel: it has no ${file}`);
    const chunks: Buffer[] = [];
    for await (const data of this.#read(path)) chunks.push(data);
    return Buffer.concat(chunks).toString('utf8');
  }

  async *#read(path: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw new Error(`${this.path} holds no ${path}`);
    try {
      for await (const chunk of await this.#zip.openReadStreamPromise(entry)) yield chunk as Buffer;
    } catch (error) {
      throw new DamagedFile(`${this.path} is damaged at ${path}: ${(error as Error).message}`);
    }
  }
}
