import { constants } from 'node:os';
import { checker, show } from '@loopwright/core';
import { type StopSource, watchSource } from './stop-source.ts';

/** Options of {@link stopRequest}. */
export interface StopRequestOptions {
  /** Signals that ask for a stop. Default SIGINT (Ctrl-C) and SIGTERM; add the one by which a scheduler warns ahead. */
  readonly signals?: readonly NodeJS.Signals[];
  /** What else asks for one: a notice that the machine will be taken away. */
  readonly sources?: readonly StopSource[];
  /** How often sources that are functions are asked; 5 seconds by default. */
  readonly pollSeconds?: number;
  /** Told once, with a line for people, when a stop is asked for. Nothing is printed. */
  readonly onRequest?: (message: string) => void;
}

const check = checker('guards', 'stopRequest');

/** Those that mean the end, and of which a second one ends the process at once; others only warn. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * A signal within this time of the first is that one again: `npm run` passes Ctrl-C on to a program that the terminal has
 * told already.
 */
const ECHO_MS = 100;

/**
 * Watches for the wish that a run stop, for a loop that finishes its step, saves and exits.
 *
 * The first SIGINT or SIGTERM only sets `requested`. A second one ends the process at once, as it would without this:
 * what was saved before is whole all the same. Other signals, and sources, warn: they set `requested` too, and the first
 * SIGINT or SIGTERM after them changes nothing.
 *
 * A signal is seen when the event loop turns. Loaders and `ProgressTracker.track` of an async iterable see to that; in a loop
 * without `await` it is seen when the loop is over.
 *
 * @returns watches until the process ends, or until `dispose()`; it does not keep the process alive
 * @throws LoopwrightError if a signal is unknown or cannot be watched, or an option is unknown or unfit
 * @example
 * const stop = stopRequest({ signals: ['SIGINT', 'SIGTERM', 'SIGUSR2'] });
 * const [progress, checkpoints] = [new ProgressTracker(), new CheckpointSaver('checkpoints')];
 * for await (const { images, labels } of progress.track(train)) {
 *   optimizer.minimize(() => crossEntropy(forward(images), labels)).dispose();
 *   if (stop.requested) {
 *     await checkpoints.save(progress.totalIterations, { model, optimizer, progress });
 *     await checkpoints.settled();
 *     stop.exit(); // with 130 after SIGINT, 143 after SIGTERM
 *   }
 * }
 * stop.dispose();
 */
export function stopRequest(options?: StopRequestOptions): StopRequest {
  return new StopRequest(options);
}

/** What {@link stopRequest} returns. */
export class StopRequest {
  private readonly controller = new AbortController();
  private readonly ends: (() => void)[] = [];
  private readonly onRequest: (message: string) => void;
  private firstReason: string | undefined;
  private endingSignal: NodeJS.Signals | undefined;
  private firstEnding = Number.NEGATIVE_INFINITY;

  constructor(options?: StopRequestOptions) {
    const {
      signals = ['SIGINT', 'SIGTERM'],
      sources = [],
      pollSeconds = 5,
      onRequest = () => {},
    } = check.options(options, ['signals', 'sources', 'pollSeconds', 'onRequest']);
    this.onRequest = check.func('onRequest', onRequest);
    const pollMs = 1000 * check.number('pollSeconds', pollSeconds, { above: 0 });
    for (const signal of signals) checkSignal(signal);
    try {
      for (const signal of signals) this.watch(signal);
      for (const source of sources) {
        this.ends.push(watchSource(check, source, pollMs, () => this.request('a notice')));
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Whether a stop was asked for. */
  get requested(): boolean {
    return this.firstReason !== undefined;
  }

  /** What asked first: a signal's name, or `a notice`; undefined if nothing has. */
  get reason(): string | undefined {
    return this.firstReason;
  }

  /** Aborted when a stop is asked for: to hand to what can be aborted. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** What a process that was stopped so ends with: 128 + the signal's number; after a notice as after SIGTERM. */
  get exitCode(): number {
    const signal = this.endingSignal ?? this.firstReason;
    return 128 + (constants.signals[signal as NodeJS.Signals] ?? constants.signals.SIGTERM);
  }

  /**
   * Ends the process with {@link exitCode}. Threads and timers do not hold it up; wait for what is being written before.
   */
  exit(): never {
    process.exit(this.exitCode);
  }

  /** Ends the watch: signals do again what they did before. */
  dispose(): void {
    for (const end of this.ends.splice(0)) end();
  }

  private watch(signal: NodeJS.Signals): void {
    const listener = () => this.receive(signal);
    try {
      process.on(signal, listener);
    } catch (cause) {
      check.fail(`${show(signal)} cannot be watched`, { cause });
    }
    this.ends.push(() => process.off(signal, listener));
  }

  private receive(signal: NodeJS.Signals): void {
    if (ENDING.includes(signal)) {
      const now = performance.now();
      if (this.endingSignal === undefined) {
        this.endingSignal = signal;
        this.firstEnding = now;
      } else if (now - this.firstEnding > ECHO_MS) {
        // With nobody watching, it does what it does to every process.
        this.dispose();
        process.kill(process.pid, signal);
      }
    }
    this.request(signal);
  }

  private request(reason: string): void {
    if (this.firstReason !== undefined) return;
    this.firstReason = reason;
    this.onRequest(`stopping after this step (${reason}); a second Ctrl-C stops at once`);
    this.controller.abort();
  }
}

function checkSignal(signal: NodeJS.Signals): void {
  if (!Object.hasOwn(constants.signals, signal)) check.fail(`signals: ${show(signal)} is not known here`);
  if (signal === 'SIGKILL' || signal === 'SIGSTOP') check.fail(`signals: no process can watch for ${signal}`);
}
