import type { DisplaySettings, ProgressBars } from './progress-bars.ts';

/** Shows nothing and reads nothing; what is logged is still printed. */
export class SilentDisplay implements ProgressBars {
  private readonly settings: DisplaySettings;

  constructor(settings: DisplaySettings) {
    this.settings = settings;
  }

  epochsStarted(): void {}

  epochStarted(): void {}

  epochEnded(): void {}

  epochsEnded(): void {}

  passStarted(): void {}

  stepped(): void {}

  passEnded(): void {}

  next(): void {}

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

  close(): void {}
}
