import type { Host } from '../host.ts';
import type { OnProgress } from './progress.ts';
import type { WheelRequest } from './wheel-name.ts';

/** A place that wheels come from. */
export interface WheelSource {
  /** How the source is called in messages, for example `pip`. */
  readonly name: string;
  /**
   * Puts a wheel into a folder and returns its path.
   *
   * @throws NoSuchWheel if this source has none that fits; Error that says why it cannot answer at all
   */
  fetch(request: WheelRequest, order: WheelOrder): Promise<string>;
}

/** What every source is told beside the wheels' names. */
export interface WheelOrder {
  readonly host: Host;
  /** Where finished and unfinished downloads are kept. */
  readonly folder: string;
  /** The index named on the command line, in the stead of the user's settings. */
  readonly indexUrl: string | undefined;
  readonly onProgress: OnProgress;
}
