import type { EpochSpan, ProgressDisplay, ProgressPass } from './progress-display.ts';
import type { EpochsView, PassView } from './progress-view.ts';
import { RateMeter } from './rate-meter.ts';
import { plainText } from './text.ts';

interface TimedPass {
  readonly pass: ProgressPass;
  readonly started: number;
  readonly meter: RateMeter;
  ended: number | undefined;
}

interface TimedSpan extends EpochSpan {
  readonly started: number;
  epoch: number;
  epochStarted: number;
  /** Part of the running epoch that is done, from 0 to 1, and the part that was done when it started here. */
  part: number;
  partFrom: number;
  /** Epochs that ended here, a resumed one by the part that was left of it, and the seconds that they took together. */
  epochsDone: number;
  secondsDone: number;
}

/** What a tracker told, with times: from it the displays learn how fast it goes and how much is left. */
export class ProgressModel implements ProgressDisplay {
  /** Seconds, of a clock that never goes back. */
  private readonly seconds: () => number;
  private span: TimedSpan | undefined;
  private open: TimedPass[] = [];
  /** The pass that is still shown until another one starts. */
  private last: TimedPass | undefined;

  constructor(seconds: () => number) {
    this.seconds = seconds;
  }

  /** Whether a loop is running. */
  get active(): boolean {
    return this.span !== undefined || this.open.length > 0;
  }

  epochsStarted({ from, end }: EpochSpan): void {
    const started = this.seconds();
    const epoch = { epoch: from, epochStarted: started, part: 0, partFrom: 0 };
    this.span = { from, end, started, ...epoch, epochsDone: 0, secondsDone: 0 };
    this.last = undefined;
  }

  epochStarted(epoch: number): void {
    if (this.span) Object.assign(this.span, { epoch, epochStarted: this.seconds(), part: 0, partFrom: 0 });
  }

  epochEnded(): void {
    if (!this.span) return;
    this.span.part = 1;
    this.span.epochsDone += 1 - this.span.partFrom;
    this.span.secondsDone += this.seconds() - this.span.epochStarted;
  }

  epochsEnded(): void {
    this.span = undefined;
    this.open = [];
    this.last = undefined;
  }

  passStarted(pass: ProgressPass): void {
    const started = this.seconds();
    this.open.push({ pass, started, meter: new RateMeter(pass.completed, started), ended: undefined });
    this.last = undefined;
    if (this.span && pass.from > 0) this.span.partFrom = fractionOf(pass, 0);
  }

  stepped(): void {}

  passEnded(pass: ProgressPass): void {
    const ended = this.open.find((timed) => timed.pass === pass);
    if (!ended) return;
    ended.ended = this.seconds();
    ended.meter.observe(pass.completed, ended.ended);
    this.open = this.open.filter((timed) => timed !== ended);
    this.last = ended;
    if (this.span && pass.counted) this.span.part = fractionOf(pass, 0);
  }

  /** Seconds since the running epoch began. */
  get epochSeconds(): number {
    return this.span === undefined ? 0 : this.seconds() - this.span.epochStarted;
  }

  /**
   * Part of the whole that is done, from 0 to 1: of all epochs, or of the outermost pass where there are none.
   * Undefined where it cannot be told.
   */
  fraction(): number | undefined {
    return this.fractionAfter(0);
  }

  /** The same once `ahead` more items of a pass are done; undefined for a pass that does not move the whole. */
  fractionWith(pass: ProgressPass, ahead: number): number | undefined {
    const moves = this.span ? pass.counted : pass === this.open[0]?.pass;
    return moves ? this.fractionAfter(ahead) : undefined;
  }

  epochsView(): EpochsView | undefined {
    if (!this.span) return undefined;
    const { epoch, end, started } = this.span;
    const now = this.seconds();
    return {
      current: epoch + 1,
      total: end,
      fraction: this.fraction() ?? 0,
      elapsed: now - started,
      left: this.secondsLeft(this.span, now),
    };
  }

  passViews(): PassView[] {
    const shown = this.open.length > 0 ? this.open : this.last ? [this.last] : [];
    const now = this.seconds();
    return shown.map(({ pass, started, meter, ended = now }) => {
      meter.observe(pass.completed, ended);
      const { completed, length } = pass;
      const { rate } = meter;
      const left =
        length === undefined || rate === undefined ? undefined : Math.max(0, length - completed) / rate;
      return { label: plainText(pass.label), completed, length, rate, elapsed: ended - started, left };
    });
  }

  private fractionAfter(ahead: number): number | undefined {
    if (this.span) return (this.span.epoch + this.epochPart(this.span, ahead)) / this.span.end;
    const pass = this.open[0]?.pass ?? this.last?.pass;
    return pass?.length === undefined ? undefined : fractionOf(pass, ahead);
  }

  private epochPart(span: TimedSpan, ahead = 0): number {
    const counted = this.open.find(({ pass }) => pass.counted)?.pass;
    return counted ? fractionOf(counted, ahead) : span.part;
  }

  /** By the mean of the epochs that ended here; in the first one by the part of it that is done. */
  private secondsLeft(span: TimedSpan, now: number): number | undefined {
    const { epoch, end, partFrom, epochsDone, secondsDone } = span;
    const part = this.epochPart(span);
    const inEpoch = now - span.epochStarted;
    if (part === 1 && epoch === end - 1) return 0;
    const [done, seconds] = epochsDone > 0 ? [epochsDone, secondsDone] : [part - partFrom, inEpoch];
    if (done <= 0) return undefined;
    const epochSeconds = seconds / done;
    return Math.max(0, epochSeconds * (1 - partFrom) - inEpoch) + epochSeconds * (end - epoch - 1);
  }
}

function fractionOf({ completed, length }: ProgressPass, ahead: number): number {
  return length === undefined ? 0 : length === 0 ? 1 : Math.min(1, (completed + ahead) / length);
}
