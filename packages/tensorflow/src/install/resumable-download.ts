import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncPath } from './durable-files.ts';
import { isSystemError } from './obstacle.ts';
import type { OnProgress } from './progress.ts';
import { explainWebError, type WebClient, withoutCredentials } from './web-client.ts';
import { DamagedFile } from './wheel-errors.ts';

export interface DownloadOptions {
  readonly url: string;
  readonly sha256: string;
  readonly path: string;
  readonly step: string;
  readonly onProgress: OnProgress;
  /** Milliseconds to wait after the first failure; it doubles with each. */
  readonly pause?: number;
}

const ATTEMPTS = 5;

/**
 * Downloads a file whose checksum is known. What has come so far is kept beside it as `.part`, and the next attempt,
 * in this process or a later one, asks the server for the rest only. The file appears under its name once its checksum
 * is right; a file with a wrong one is removed.
 *
 * @throws Error with the last failure, after several attempts, but at once where the disk is what fails
 */
export async function download(client: WebClient, options: DownloadOptions): Promise<void> {
  const { url, sha256, path, pause = 500 } = options;
  const part = `${path}.part`;
  let resumed = (await fileBytes(part)) > 0;
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(client, part, options);
      const actual = await fileSha256(part);
      if (actual === sha256) break;
      await rm(part, { force: true });
      // What an earlier run left may belong to another file of the same name; begin anew, once.
      if (!resumed) throw damaged(url, sha256, actual);
      resumed = false;
    } catch (error) {
      const hopeless = error instanceof DamagedFile || error instanceof Refused || isSystemError(error);
      if (hopeless || attempt === ATTEMPTS) throw error;
      await sleep(pause * 2 ** (attempt - 1));
    }
  }
  await syncPath(part);
  await rename(part, path);
}

async function fetchRest(
  client: WebClient,
  part: string,
  { url, step, onProgress }: DownloadOptions,
): Promise<void> {
  const have = await fileBytes(part);
  const response = await client
    .get(url, { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) })
    .catch((error: unknown) => {
      throw new Error(`${withoutCredentials(url)}: ${explainWebError(error)}`);
    });
  // The server has no bytes after these: all have come, as the checksum will confirm or not.
  if (response.status === 416) return;
  if (!response.ok || response.body === null) {
    const problem = `${withoutCredentials(url)}: HTTP ${response.status} ${response.statusText}`;
    throw response.status < 500 ? new Refused(problem) : new Error(problem);
  }
  const start = response.status === 206 ? have : 0;
  const length = Number(response.headers.get('content-length'));
  const total = length > 0 ? { total: start + length } : {};
  let done = start;
  const file = await open(part, start > 0 ? 'a' : 'w');
  try {
    for await (const chunk of response.body) {
      await file.appendFile(chunk);
      done += chunk.byteLength;
      onProgress({ step, done, ...total });
    }
  } catch (error) {
    if (isSystemError(error)) throw error;
    throw new Error(`${withoutCredentials(url)} broke off after ${done} bytes: ${explainWebError(error)}`);
  } finally {
    await file.close();
  }
}

/** The server answered and will not give the file. */
class Refused extends Error {}

function damaged(url: string, expected: string, actual: string): DamagedFile {
  return new DamagedFile(
    `${withoutCredentials(url)} arrived damaged: its sha256 is ${actual} and should be ${expected}. ` +
      'It was removed; run the command again, or ask whoever runs the mirror.',
  );
}

async function fileBytes(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** The sha256 of a file, in hexadecimal. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
