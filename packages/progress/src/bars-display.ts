import { LatestMetrics } from './latest-metrics.ts';
import { LiveBlock } from './live-block.ts';
import type { DisplaySettings, ProgressBars } from './progress-bars.ts';
import type { EpochSpan, ProgressPass } from './progress-display.ts';
import { ProgressModel } from './progress-model.ts';
import { renderBars } from './render.ts';
import type { ShownRecord } from './shown-record.ts';

/** Bars on a terminal, drawn in place. */
export class BarsDisplay implements ProgressBars {
  private readonly settings: DisplaySettings;
  private readonly model: ProgressModel;
  private readonly metrics: LatestMetrics;
  private readonly block: LiveBlock;
  private lastDrawn = Number.NEGATIVE_INFINITY;
  private lastRead = Number.NEGATIVE_INFINITY;

  constructor(settings: DisplaySettings) {
    this.settings = settings;
    this.model = new ProgressModel(() => settings.clock() / 1000);
    this.metrics = new LatestMetrics(settings.metrics);
    this.block = new LiveBlock(settings.stream);
  }

  epochsStarted(span: EpochSpan): void {
    this.open();
    this.model.epochsStarted(span);
    this.metrics.clear();
  }

  epochStarted(epoch: number): void {
    this.model.epochStarted(epoch);
  }

  epochEnded(): void {
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
    const drawn = this.model.active && now - this.lastRead >= this.settings.refresh;
    this.metrics.update(record, drawn);
    if (!drawn) return;
    this.lastRead = now;
    this.draw();
  }

  error(): void {}

  complete(): void {}

  log(line: string): void {
    this.interrupt(() => this.settings.stream.write(`${line}\n`));
  }

  interrupt<T>(write: () => T): T {
    this.block.erase();
    try {
      return write();
    } finally {
      if (this.model.active) this.draw();
    }
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
    this.block.draw(renderBars(view, { columns: this.block.columns, color: this.settings.color }));
  };

  private drawIfDue(): void {
    if (this.model.active && this.settings.clock() - this.lastDrawn >= this.settings.refresh) this.draw();
  }

  /** The first loop to start follows the terminal's size; the last one to end lets it go. */
  private open(): void {
    if (!this.model.active) this.settings.stream.on?.('resize', this.draw);
  }

  private release(): void {
    this.block.release();
    this.settings.stream.off?.('resize', this.draw);
  }
}
