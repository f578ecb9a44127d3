import { LatestMetrics } from './latest-metrics.ts';
import { LineSchedule } from './line-schedule.ts';
import type { DisplaySettings, ProgressBars } from './progress-bars.ts';
import type { EpochSpan, ProgressPass } from './progress-display.ts';
import { ProgressModel } from './progress-model.ts';
import { renderLine } from './render.ts';
import { isEpochSummary, type ShownRecord } from './shown-record.ts';

/** Plain lines for what is not a terminal: a file, a pipe, a build log. */
export class LinesDisplay implements ProgressBars {
  private readonly settings: DisplaySettings;
  private readonly seconds: () => number;
  private readonly model: ProgressModel;
  private readonly metrics: LatestMetrics;
  private readonly schedule: LineSchedule;
  /** A line may come after the running step, so the metrics of this step are to be read. */
  private wanted = false;
  /** The running epoch has told what it came to. */
  private hasSummary = false;

  constructor(settings: DisplaySettings) {
    this.settings = settings;
    this.seconds = () => settings.clock() / 1000;
    this.model = new ProgressModel(this.seconds);
    this.metrics = new LatestMetrics(settings.metrics);
    this.schedule = new LineSchedule(settings.linePercent, settings.lineSeconds);
  }

  epochsStarted(span: EpochSpan): void {
    this.model.epochsStarted(span);
    this.metrics.clear();
    this.restart();
  }

  epochStarted(epoch: number): void {
    this.model.epochStarted(epoch);
    this.hasSummary = false;
  }

  epochEnded(): void {
    this.model.epochEnded();
    if (this.hasSummary || this.isDue(this.model.fraction())) this.print();
  }

  epochsEnded(): void {
    this.model.epochsEnded();
    this.wanted = false;
  }

  passStarted(pass: ProgressPass): void {
    const first = !this.model.active;
    this.model.passStarted(pass);
    if (first) this.restart();
  }

  stepped(pass: ProgressPass): void {
    if (this.wanted && this.isDue(this.model.fractionWith(pass, 0))) this.print();
    this.wanted = this.isDue(this.model.fractionWith(pass, 1));
  }

  passEnded(pass: ProgressPass): void {
    this.model.passEnded(pass);
    if (!this.model.active && this.isDue(this.model.fraction())) this.print();
  }

  next(record: ShownRecord): void {
    const isSummary = this.settings.summaries && isEpochSummary(record);
    this.hasSummary ||= isSummary;
    this.metrics.update(record, this.wanted || isSummary);
  }

  error(): void {}

  complete(): void {}

  log(line: string): void {
    this.settings.stream.write(`${line}\n`);
  }

  write(text: string): void {
    this.settings.stream.write(text);
  }

  interrupt<T>(write: () => T): T {
    return write();
  }

  close(): void {
    this.epochsEnded();
  }

  private isDue(fraction: number | undefined): boolean {
    return this.schedule.due(fraction, this.seconds());
  }

  private print(): void {
    const view = {
      epochs: this.model.epochsView(),
      passes: this.model.passViews(),
      metrics: this.metrics.entries(),
    };
    this.settings.stream.write(`${renderLine(view)}\n`);
    this.restart();
  }

  private restart(): void {
    this.wanted = false;
    this.schedule.restart(this.model.fraction(), this.seconds());
  }
}
