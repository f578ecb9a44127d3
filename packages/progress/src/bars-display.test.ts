import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { pino } from 'pino';
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
  /** Another stream of the same terminal, as standard output is beside standard error. */
  const output = new Writable({
    write(chunk, _, done) {
      terminal.write(chunk);
      done();
    },
  });
  const display = progressBars({
    mode: 'bars',
    stream: terminal,
    sharedWith: [output, terminal],
    clock: () => time.now,
    refresh: 0,
  });
  return { terminal, output, time, display, progress: new ProgressTracker({ display }) };
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
      train.loss 0.3333 █▃▁█▃▁
      "
    `);
    expect([column, row], 'the cursor is below').toEqual([0, text.split('\n').length]);
  });

  it('take a terminal that does not know its size for one of 80 by 24', async () => {
    const { write, screen } = emulator(80, 24);
    const stream = { isTTY: true, columns: 0, rows: 0, write };
    const display = progressBars({ mode: 'bars', stream, refresh: 0 });
    const progress = new ProgressTracker({ display });
    for (const epoch of progress.epochs(1)) {
      for (const _ of progress.track([0, 1]));
      display.next({ epoch, 'val.accuracy': 0.9 });
    }
    const { text } = await screen();
    expect(text).toMatch(/epoch +time +val.accuracy\n +1\/1 +0:00 +0.9000\nepoch +1\/1 .* 100%/);
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

  it('let whatever is printed meanwhile, by whomever, stand above them', async () => {
    const { terminal, output, display, progress } = setUp(60);
    const printer = new Console(output);
    const logger = pino({ base: null, timestamp: false }, display);
    const write = output.write;
    for (const _ of progress.epochs(1)) {
      for (const step of progress.track([0, 1, 2])) {
        printer.log('step %d\nof three', step);
        terminal.write(Buffer.from('a warning\n') as never);
        logger.info({ step });
      }
    }
    expect(output.write, 'nothing is watched any more').toBe(write);
    printer.log('after');
    const { text } = await terminal.screen();
    const lines = text.split('\n').map((line) => line.slice(0, 24).trim());
    const each = (step: number) => [`step ${step}`, 'of three', 'a warning', `{"level":30,"step":${step}}`];
    expect(lines.slice(-15)).toEqual([
      ...[0, 1, 2].flatMap(each),
      expect.stringContaining('epoch      1/1'),
      expect.stringContaining('train      3/3'),
      'after',
    ]);
  });

  it('stay whole when half a line is printed', async () => {
    const { terminal, output, display, progress } = setUp(60);
    for (const step of progress.track([0, 1])) {
      output.write('working');
      output.write(` on ${step}`);
      display.next({ loss: step });
    }
    const { text } = await terminal.screen();
    expect(text.split('\n').map((line) => line.slice(0, 12).trim())).toEqual([
      'working on 0',
      'working on 1',
      'train      2',
      'loss 1 ▁█',
    ]);
  });

  it('let go of a stream that somebody else has begun to watch', () => {
    const { output, progress } = setUp(60);
    const written: unknown[] = [];
    for (const step of progress.track([0, 1])) {
      if (step === 0) continue;
      const below = output.write.bind(output) as (chunk: unknown) => boolean;
      output.write = (chunk: unknown) => {
        written.push(chunk);
        return below(chunk);
      };
    }
    output.write('later\n');
    expect(written.at(-1)).toBe('later\n');
  });

  it('add a row to a table at the end of each epoch that tells what it came to', async () => {
    const { terminal, time, display, progress } = setUp(70, 30);
    for (const epoch of progress.epochs(3)) {
      for (const _ of progress.track([0, 1])) {
        time.now += 30_000;
        display.next({ step: 1, 'train.loss': 9 });
      }
      const tensor = { dataSync: () => [0.25 / (epoch + 1)] };
      if (epoch === 1) display.next({ epoch, 'train.loss': 1e-6, 'val.accuracy': 0.9, note: 'new' });
      else display.next({ epoch, 'train.loss': tensor, 'val.accuracy': 0.9 });
      if (epoch === 0) await terminal.resize(40);
    }
    const { text } = await terminal.screen();
    expect(`\n${text}\n`).toMatchInlineSnapshot(`
      "
        epoch     time  train.loss
          1/3     1:00      0.2500
        epoch     time  train.loss
          2/3     1:00    1.000e-6
          3/3     1:00     0.08333
      epoch      3/3 ━━━━━━━━ 100%  3:00
      train      2/2 ━━━━━━━━ 100%  30.0 s/it
      train.loss 0.08333 ██▁██▁██▁
      val.accuracy 0.9000 ▄▄▄  note new
      "
    `);
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
