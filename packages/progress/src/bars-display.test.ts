import { Terminal } from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { progressBars } from './progress-bars.ts';
import { ProgressTracker } from './progress-tracker.ts';

/** A terminal emulator as the stream of a display, with what stands on its screen. */
function emulator(columns: number, rows = 12) {
  const terminal = new Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true });
  const listeners = new Set<() => void>();
  const settled = () => new Promise<void>((resolve) => terminal.write('', resolve));
  return {
    isTTY: true,
    get columns() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    write: (text: string) => terminal.write(text),
    on: (_: 'resize', listener: () => void) => listeners.add(listener),
    off: (_: 'resize', listener: () => void) => listeners.delete(listener),
    async resize(width: number) {
      await settled();
      terminal.resize(width, rows);
      for (const listener of listeners) listener();
    },
    async screen() {
      await settled();
      const { active } = terminal.buffer;
      const lines = Array.from({ length: active.length }, (_, y) =>
        active.getLine(y)?.translateToString(true),
      );
      return { text: lines.join('\n').trimEnd(), column: active.cursorX, row: active.baseY + active.cursorY };
    },
  };
}

function setUp(columns: number, rows?: number) {
  const terminal = emulator(columns, rows);
  const time = { now: 0 };
  const display = progressBars({ mode: 'bars', stream: terminal, clock: () => time.now, refresh: 0 });
  return { terminal, time, display, progress: new ProgressTracker({ display }) };
}

describe('bars on a terminal', () => {
  it('stay in place while what is logged stands above them', async () => {
    const { terminal, time, display, progress } = setUp(60);
    for (const epoch of progress.epochs(2)) {
      for (const step of progress.track([0, 1, 2])) {
        time.now += 1000;
        display.next({ 'train.loss': 1 / (step + 1) });
        if (step === 1) display.log(`epoch ${epoch}: half of it`);
      }
    }
    const { text, column, row } = await terminal.screen();
    expect(`\n${text}\n`).toMatchInlineSnapshot(`
      "
      epoch 0: half of it
      epoch 1: half of it
      epoch      2/2 ━━━━━━━━━━━━━━━━━━━━━━ 100%  0:06
      train      3/3 ━━━━━━━━━━━━━━━━━━━━━━ 100%  1.00 it/s  0:03
      train.loss 0.3333
      "
    `);
    expect([column, row], 'the cursor is below').toEqual([0, text.split('\n').length]);
  });

  it('make way for whatever else is to be printed', async () => {
    const { terminal, display, progress } = setUp(60);
    for (const _ of progress.track([0, 1])) {
      expect(display.interrupt(() => terminal.write('a table\nof two lines\n'))).toBeUndefined();
    }
    const { text } = await terminal.screen();
    expect(text.split('\n').map((line) => line.slice(0, 12))).toEqual([
      'a table',
      'of two lines',
      'a table',
      'of two lines',
      'train      2',
    ]);
  });

  it('are redrawn when the terminal becomes narrower, with nothing of them left behind', async () => {
    const { terminal, time, display, progress } = setUp(100);
    display.log('before');
    for (const step of progress.track([0, 1, 2, 3])) {
      time.now += 1000;
      display.next({ 'train.loss': 0.5, 'train.accuracy': 0.25, 'learning.rate': 0.001 });
      if (step === 1) await terminal.resize(40);
      if (step === 2) await terminal.resize(70);
    }
    const { text } = await terminal.screen();
    expect(`\n${text}\n`).toMatchInlineSnapshot(`
      "
      before
      train      4/4 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%  1.00 it/s  0:04
      train.loss 0.5000  train.accuracy 0.2500  learning.rate 0.001000
      "
    `);
  });

  it('never wrap, whatever a label or a metric is called', async () => {
    const { terminal, display, progress } = setUp(30);
    for (const _ of progress.track([0], { label: '学習データの繰り返しの一回分の名前' })) {
      display.next({ [`${'long.'.repeat(20)}name`]: '👩‍👩‍👧'.repeat(30) });
    }
    const { text } = await terminal.screen();
    expect(text.split('\n')).toHaveLength(2);
  });

  it('fit a terminal of few rows', async () => {
    const { terminal, display, progress } = setUp(40, 3);
    display.log('before');
    for (const _ of progress.epochs(3)) {
      for (const _ of progress.track([0, 1])) display.next({ a: 1, b: 2 });
    }
    const { text } = await terminal.screen();
    expect(text.split('\n').map((line) => line.slice(0, 10).trim())).toEqual(['before', 'epoch', 'train']);
  });

  it('leave the error of the body below them', async () => {
    const { terminal, progress } = setUp(60);
    try {
      for (const _ of progress.epochs(2))
        for (const _ of progress.track([0, 1])) throw new Error('out of memory');
    } catch (error) {
      terminal.write(`${error}\n`);
    }
    const { text } = await terminal.screen();
    expect(text.split('\n').map((line) => line.slice(0, 20).trim())).toEqual([
      'epoch      1/2 ─────',
      'train      0/2 ─────',
      'Error: out of memory',
    ]);
  });
});
