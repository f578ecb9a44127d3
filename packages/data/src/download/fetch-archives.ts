import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checker, reasonOf } from '@loopwright/core';
import { downloadFile, fileDigest } from './download-file.ts';
import type { Archive } from './official-archives.ts';
import { type OnProgress, reportOnStderr } from './report-progress.ts';
import { unpackTar } from './unpack-tar.ts';

/** How to fetch what is missing. */
export interface DownloadSettings {
  /** Where copies of the official files lie, of the same names; they are checked against the official checksums. */
  readonly mirror?: string;
  /** Told about each piece that arrives; by default a line on standard error. */
  readonly onProgress?: OnProgress;
}

/** Whether to fetch what is missing, and how. */
export type DownloadOption = boolean | DownloadSettings;

/**
 * Puts a data set's official files into a folder: fetches them, or takes those that somebody has put there, checks them
 * and unpacks those that are to be unpacked. Files that are there already are left alone; an archive that was fetched is
 * removed once it is unpacked.
 *
 * @throws LoopwrightError that says what to do, if a file cannot be fetched or its checksum is wrong
 */
export async function fetchArchives(
  check: Checker,
  archives: readonly Archive[],
  folder: string,
  download: DownloadOption,
): Promise<void> {
  if (download === false) return;
  const { mirror, onProgress = reportOnStderr } =
    download === true ? {} : check.options(download, ['mirror', 'onProgress']);
  mkdirSync(folder, { recursive: true });
  for (const archive of archives) {
    const path = join(folder, archive.file);
    const isThere = existsSync(path);
    if (isThere) await checkDigest(check, archive, path);
    else await fetchArchive(check, archive, path, mirror ?? archive.url, onProgress);
    if (archive.tar !== true) continue;
    await unpack(check, path, folder);
    if (!isThere) await rm(path);
  }
}

async function fetchArchive(
  check: Checker,
  archive: Archive,
  path: string,
  base: string,
  onProgress: OnProgress,
): Promise<void> {
  const url = `${base.replace(/\/?$/, '/')}${archive.file}`;
  try {
    await downloadFile(url, path, { md5: archive.md5, size: archive.size, onProgress });
  } catch (cause) {
    check.fail(
      `${url} could not be fetched: ${reasonOf(cause)}. Without a network, fetch it elsewhere, put it at ${path} and call again`,
      { cause },
    );
  }
}

async function checkDigest(check: Checker, { md5 }: Archive, path: string): Promise<void> {
  const digest = await fileDigest(path);
  if (digest !== md5)
    check.fail(`${path} has the MD5 checksum ${digest}, expected ${md5}: remove it and fetch it again`);
}

async function unpack(check: Checker, path: string, folder: string): Promise<void> {
  try {
    await unpackTar(path, folder);
  } catch (cause) {
    check.fail(`${path} cannot be unpacked: ${reasonOf(cause)}`, { cause });
  }
}
