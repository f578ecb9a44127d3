/** How far a download is. */
export interface DownloadProgress {
  readonly url: string;
  /** Bytes that are there. */
  readonly received: number;
  /** Bytes in all. */
  readonly total: number;
}

export type OnProgress = (progress: DownloadProgress) => void;

/** Rewrites a line of a terminal at each percent; elsewhere writes a line at each quarter. */
export function reportOnStderr({ url, received, total }: DownloadProgress): void {
  const { isTTY } = process.stderr;
  const step = isTTY ? 1 : 25;
  const percent = Math.floor((100 * received) / total / step) * step;
  const line = `${url}: ${percent} % of ${(total / 1e6).toFixed(0)} MB`;
  if (line === last) return;
  last = line;
  process.stderr.write(isTTY ? `\r${line}${received === total ? '\n' : ''}` : `${line}\n`);
}

let last = '';
