/** Fetches for a tab, one thing after the other, and only what was not fetched already. */
export class Loader {
  private key = '';
  private running = false;
  private waiting: (() => Promise<void>) | undefined;

  /**
   * Runs `load` unless it was run with the same key last. While another runs it waits, and of several that wait the last counts.
   *
   * @param key what the result depends on
   */
  run(key: string, load: () => Promise<void>, fail: (message: string) => void): void {
    if (key === this.key) return;
    this.key = key;
    const attempt = async () => {
      try {
        await load();
      } catch (error) {
        this.key = '';
        fail((error as Error).message);
      }
    };
    if (this.running) this.waiting = attempt;
    else void this.start(attempt);
  }

  private async start(first: () => Promise<void>): Promise<void> {
    this.running = true;
    for (let next: (() => Promise<void>) | undefined = first; next !== undefined; ) {
      this.waiting = undefined;
      await next();
      next = this.waiting;
    }
    this.running = false;
  }
}
