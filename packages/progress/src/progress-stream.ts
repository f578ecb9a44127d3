/** Where progress is shown: `process.stderr`, or anything that takes text. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Whether colours are wanted; Node's terminals answer by the terminal's type, `NO_COLOR` and `FORCE_COLOR`. */
  hasColors?(): boolean;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}
