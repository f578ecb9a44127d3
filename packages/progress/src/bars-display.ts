import { LatestMetrics } from './latest-metrics.ts';
import { LiveBlock } from './live-block.ts';
import { PrintGuard } from './print-guard.ts';
import type { DisplaySettings, ProgressBars } from './progress-bars.ts';
import type { EpochSpan, ProgressPass } from './progress-display.ts';
import { ProgressModel } from './progress-model.ts';
import { renderBars } from './render.ts';
import { isEpochSummary, type ShownRecord } from './shown-record.ts';
import { SummaryTable } from './summary-table.ts';

/** Bars on a terminal, drawn in place. */
export class BarsDisplay implements ProgressBars {
  private readonly settings: DisplaySettings;
  private readonly model: ProgressModel;
  private readonly metrics: LatestMetrics;
  private readonly block: LiveBlock;
  private readonly guard: PrintGuard;
  private table = new SummaryTable();
  /** What the running epoch came to, by name; empty as long as it has not told. */
  private summary = new Map<string, string>();
  private lastDrawn = Number.NEGATIVE_INFINITY;
  private lastRead = Number.NEGATIVE_INFINITY;

  constructor(settings: DisplaySettings) {
    this.settings = settings;
    this.model = new ProgressModel(() => settings.clock() / 1000);
    this.metrics = new LatestMetrics(settings.metrics);
    this.block = new LiveBlock(settings.stream);
    this.guard = new PrintGuard(settings.sharedWith, {
      before: () => this.block.erase(),
      after: (endsLine) => {
        this.block.isBehindText = !endsLine;
        if (endsLine && this.model.active) this.draw();
      },
    });
  }

  epochsStarted(span: EpochSpan): void {
    this.open();
    this.model.epochsStarted(span);
    this.metrics.clear();
    this.table = new SummaryTable();
  }

  epochStarted(epoch: number): void {
    this.model.epochStarted(epoch);
    this.summary.clear();
  }

  epochEnded(): void {
    if (this.summary.size > 0) this.logSummary();
    this.model.epochEnded();
  }

  epochsEnded(): void {
    if (!this.model.active) return;
    this.draw();
    this.model.epochsEnded();
    this.release();
  }

  passStarted(pass: ProgressPass): void {
    this.open();
    this.model.passStarted(pass);
    this.drawIfDue();
  }

  stepped(): void {
    this.drawIfDue();
  }

  passEnded(pass: ProgressPass): void {
    if (!this.model.active) return;
    this.model.passEnded(pass);
    if (this.model.active) return;
    this.draw();
    this.release();
  }

  next(record: ShownRecord): void {
    const now = this.settings.clock();
    const isSummary = this.settings.summaries && isEpochSummary(record);
    const isDrawn = this.model.active && now - this.lastRead >= this.settings.refresh;
    this.metrics.update(record, isDrawn || isSummary);
    if (isSummary) for (const [name, value] of this.metrics.entriesOf(record)) this.summary.set(name, value);
    if (!isDrawn) return;
    this.lastRead = now;
    this.draw();
  }

  error(): void {}

  complete(): void {}

  log(line: string): void {
    this.write(`${line}\n`);
  }

  write(text: string): void {
    this.interrupt(() => this.settings.stream.write(text));
  }

  interrupt<T>(write: () => T): T {
    return this.guard.through(() => {
      this.block.erase();
      try {
        return write();
      } finally {
        if (this.model.active) this.draw();
      }
    });
  }

  close(): void {
    this.epochsEnded();
  }

  private readonly draw = (): void => {
    this.lastDrawn = this.settings.clock();
    const view = {
      epochs: this.model.epochsView(),
      passes: this.model.passViews(),
      metrics: this.metrics.entries(),
    };
    const lines = renderBars(view, { columns: this.block.columns, color: this.settings.color });
    this.guard.through(() => this.block.draw(lines));
  };

  private drawIfDue(): void {
    if (this.model.active && this.settings.clock() - this.lastDrawn >= this.settings.refresh) this.draw();
  }

  private logSummary(): void {
    const { current = 0, total = 0 } = this.model.epochsView() ?? {};
    const summary = {
      epoch: `${current}/${total}`,
      seconds: this.model.epochSeconds,
      metrics: [...this.summary],
    };
    this.log(this.table.lines(summary, this.block.columns).join('\n'));
  }

  /** The first loop to start follows the terminal's size and what is printed; the last one to end lets both go. */
  private open(): void {
    if (this.model.active) return;
    this.settings.stream.on?.('resize', this.draw);
    this.guard.watch();
  }

  private release(): void {
    this.guard.release();
    this.block.release();
    this.settings.stream.off?.('resize', this.draw);
  }
}
