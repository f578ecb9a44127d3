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
