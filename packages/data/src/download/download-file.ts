import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { reasonOf } from '@loopwright/core';
import type { DownloadProgress, OnProgress } from './report-progress.ts';

/** What {@link downloadFile} needs to know. */
export interface DownloadOptions {
  /** The checksum that the file must have. */
  readonly md5: string;
  /** Its length in bytes. */
  readonly size: number;
  readonly onProgress: OnProgress;
  /** How often a connection that brings nothing is tried again; 4 by default. */
  readonly retries?: number;
}

/** What will not change by asking again: a server's answer, or a listener that wants no more. */
class Refusal extends Error {}

/**
 * Downloads a file. What has arrived is kept beside it as `path.part`, so a connection that is cut, or a process that
 * ends, goes on from there; the file itself appears once it is whole and its checksum is right.
 *
 * @throws Error if the server refuses, cannot be reached in several attempts or serves another file, or if `onProgress`
 * throws
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { md5, size, retries = 4 } = options;
  const part = `${path}.part`;
  let failures = 0;
  while (lengthOf(part) < size) {
    const before = lengthOf(part);
    try {
      await fetchRest(url, part, options);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      failures = lengthOf(part) > before ? 0 : failures + 1;
      if (failures > retries) throw plain(error);
      await wait(Math.min(8000, 250 * 2 ** failures));
    }
  }
  const digest = await fileDigest(part);
  if (digest !== md5) {
    await rm(part);
    throw new Error(`it has the MD5 checksum ${digest}, expected ${md5}`);
  }
  await rename(part, path);
}

/** The MD5 checksum of a file, in hexadecimal digits. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Appends what is missing, or starts again where the server cannot continue. */
async function fetchRest(url: string, part: string, { size, onProgress }: DownloadOptions): Promise<void> {
  const start = lengthOf(part);
  const response = await fetch(url, start > 0 ? { headers: { range: `bytes=${start}-` } } : {});
  const continued =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${start}-`);
  if (!continued && response.status !== 200) refuse(response);
  if (response.body === null) throw new Error('the server sent nothing');
  let received = continued ? start : 0;
  const file = await open(part, continued ? 'a' : 'w');
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      await file.write(chunk);
      received += chunk.length;
      if (received > size) break;
      tell(onProgress, { url, received, total: size });
    }
  } finally {
    await file.close();
  }
  if (received < size) throw new Error(`the connection ended after ${received} of ${size} bytes`);
}

function tell(onProgress: OnProgress, progress: DownloadProgress): void {
  try {
    onProgress(progress);
  } catch (cause) {
    throw new Refusal(reasonOf(cause), { cause });
  }
}

function refuse({ status, statusText }: Response): never {
  const answer = `the server answered ${status} ${statusText}`.trim();
  if (status >= 500 || status === 429) throw new Error(answer);
  throw new Refusal(answer);
}

function lengthOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What lies below fetch's "fetch failed". */
function plain(error: unknown): unknown {
  const { cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause : error;
}
