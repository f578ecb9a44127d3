import { checker } from '@loopwright/core';
import { BarsDisplay } from './bars-display.ts';
import { LinesDisplay } from './lines-display.ts';
import type { ProgressDisplay } from './progress-display.ts';
import type { ProgressStream } from './progress-stream.ts';
import type { ShownRecord } from './shown-record.ts';
import { SilentDisplay } from './silent-display.ts';

/** How progress is shown: bars that are drawn in place, plain lines now and then, or not at all. */
export type ProgressMode = 'bars' | 'lines' | 'none';

/** Options of {@link progressBars}. */
export interface ProgressBarsOptions {
  /** By default {@link defaultMode}. */
  readonly mode?: ProgressMode;
  /** Default `process.stderr`. */
  readonly stream?: ProgressStream;
  /** Which metrics are shown, in this order. Default all but `epoch` and `step`. */
  readonly metrics?: readonly string[];
  /** Milliseconds between two drawings of the bars. Default 100. */
  readonly refresh?: number;
  /** A plain line comes whenever this part of the whole is done, in percent. Default 10. */
  readonly linePercent?: number;
  /** A plain line comes at least this often, in seconds, while steps are made. Default 30. */
  readonly lineSeconds?: number;
  /** Whether the end of an epoch that told its metrics (a record with `epoch` and without `step`) adds a line. Default true. */
  readonly summaries?: boolean;
  /**
   * Streams of the same terminal: what others print there while bars are drawn stands above them. Default `process.stdout` and
   * `process.stderr` if `stream` is one of them, as far as they are terminals; none for a stream of your own.
   */
  readonly sharedWith?: readonly ProgressStream[];
  /** By default what the stream says, and so `NO_COLOR`. */
  readonly color?: boolean;
  /** Milliseconds of a clock that never goes back. Default `performance.now`. */
  readonly clock?: () => number;
}

/** A display of progress that is also an rxjs `Observer` of metric records. */
export interface ProgressBars extends ProgressDisplay {
  /**
   * Takes in metrics. Plain values are kept. A tensor is borrowed for the call and read back from the device only if
   * it is drawn now (at most once every `refresh` milliseconds, or for the next plain line), otherwise not touched.
   */
  next(record: ShownRecord): void;
  error(error: unknown): void;
  complete(): void;
  /** Prints a line above the bars. */
  log(line: string): void;
  /** Prints whole lines above the bars; so a display is a destination for a logger: `pino({}, display)`. */
  write(text: string): void;
  /** Takes the bars away, lets `write` print whatever it wants (whole lines), and draws them again. */
  interrupt<T>(write: () => T): T;
  /** Leaves the bars as they stand and lets go of the stream. The end of the loop does this too. */
  close(): void;
}

/** What {@link ProgressBars} are made of, checked and complete. */
export interface DisplaySettings {
  readonly stream: ProgressStream;
  readonly metrics: readonly string[] | undefined;
  readonly refresh: number;
  readonly linePercent: number;
  readonly lineSeconds: number;
  readonly summaries: boolean;
  readonly sharedWith: readonly ProgressStream[];
  readonly color: boolean;
  readonly clock: () => number;
}

const check = checker('progress', 'progressBars');
const OPTIONS = [
  'mode',
  'stream',
  'metrics',
  'refresh',
  'linePercent',
  'lineSeconds',
  'summaries',
  'sharedWith',
  'color',
  'clock',
] as const;

/**
 * Shows the progress of a `ProgressTracker`: on a terminal a bar for the epochs and one for the batches, with speed,
 * time left and the last metrics; elsewhere a plain line whenever a tenth of the whole is done, and every 30 seconds.
 *
 * At the end of an epoch, what it came to is printed above the bars as a row of a table, elsewhere as a line.
 *
 * There is no timer: drawings happen between steps. What others print to the terminal meanwhile stands above the bars
 * ({@link ProgressBarsOptions.sharedWith}). Lines are cut to the terminal's width and follow its changes. The cursor stays below the bars, so that an error or the shell's prompt never stands inside them. It holds no tensors.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const display = progressBars();
 * const progress = new ProgressTracker({ display });
 * const metrics = new MetricStream();
 * metrics.subscribe(display);
 * for (const { labels } of progress.track(train)) metrics.next({ 'train.size': labels.size });
 */
export function progressBars(options?: ProgressBarsOptions): ProgressBars {
  const given = check.options(options, OPTIONS);
  const stream = checkStream(given.stream ?? process.stderr);
  const settings: DisplaySettings = {
    stream,
    metrics: checkMetrics(given.metrics),
    refresh: check.number('refresh', given.refresh ?? 100, { min: 0 }),
    linePercent: check.number('linePercent', given.linePercent ?? 10, { above: 0, max: 100 }),
    lineSeconds: check.number('lineSeconds', given.lineSeconds ?? 30, { above: 0 }),
    summaries: check.boolean('summaries', given.summaries ?? true),
    sharedWith: (given.sharedWith ?? processStreams(stream)).map(checkStream),
    color: check.boolean('color', given.color ?? stream.hasColors?.() ?? false),
    clock: check.func('clock', given.clock ?? (() => performance.now())),
  };
  const mode = given.mode ?? defaultMode(stream, process.env);
  const Display = DISPLAYS[check.oneOf('mode', mode, ['bars', 'lines', 'none'])];
  return new Display(settings);
}

const DISPLAYS: Readonly<Record<ProgressMode, new (settings: DisplaySettings) => ProgressBars>> = {
  bars: BarsDisplay,
  lines: LinesDisplay,
  none: SilentDisplay,
};

/**
 * How progress is shown where nobody said it: not at all under a test runner or with `NO_PROGRESS` set, as bars on a
 * terminal that can move its cursor, as lines elsewhere.
 *
 * @example
 * defaultMode({ isTTY: true }, { TERM: 'xterm' }); // 'bars'
 * defaultMode({ isTTY: false }, {}); // 'lines'
 */
export function defaultMode(
  stream: Pick<ProgressStream, 'isTTY'>,
  environment: Readonly<Record<string, string | undefined>>,
): ProgressMode {
  const { NO_PROGRESS, VITEST, NODE_ENV, TERM } = environment;
  if (NO_PROGRESS || VITEST || NODE_ENV === 'test') return 'none';
  return stream.isTTY && TERM !== 'dumb' ? 'bars' : 'lines';
}

/** The process's own streams that go to a terminal, if the bars do. */
function processStreams(stream: ProgressStream): ProgressStream[] {
  const own: readonly ProgressStream[] = [process.stdout, process.stderr];
  return own.includes(stream) ? own.filter(({ isTTY }) => isTTY) : [];
}

function checkStream(stream: ProgressStream): ProgressStream {
  check.func('stream.write', stream.write);
  return stream;
}

function checkMetrics(metrics: readonly string[] | undefined): readonly string[] | undefined {
  if (metrics === undefined) return undefined;
  if (!Array.isArray(metrics)) check.fail('metrics must be a list of names');
  return metrics.map((name, index) => check.string(`metrics[${index}]`, name));
}
