import type { Checker } from '@loopwright/core';
import type { DownloadOption } from '../download/fetch-archives.ts';
import type { ImageOptions } from './image-array-dataset.ts';

/** Which of a data set's two parts to read, and what its images pass through. */
export interface SplitOptions extends ImageOptions {
  /** The training part; otherwise the test part. Default true. */
  readonly train?: boolean;
}

/** Options of the static `open` of a data set that has an official archive. */
export interface Downloadable {
  /** Fetch what is missing. Default false. */
  readonly download?: DownloadOption;
}

/**
 * Says where downloads are asked for, to those who ask a constructor as in torchvision.
 *
 * @throws LoopwrightError if there is a `download` among the options
 */
export function refuseDownload(check: Checker, options: object): void {
  if (!('download' in options)) return;
  check.fail(`a constructor cannot wait for a download: await ${check.where.subject}.open(path, options)`);
}
