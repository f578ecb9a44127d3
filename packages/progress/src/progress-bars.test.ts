import { expectProgressDisplay, type ProgressDisplayContract } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';
import { defaultMode, type ProgressBarsOptions, progressBars } from './progress-bars.ts';
import { ProgressTracker } from './progress-tracker.ts';

/** Every display, with the settings that it is tested with. */
const displays: Readonly<Record<string, ProgressDisplayContract>> = {
  bars: { make: (stream, clock) => progressBars({ mode: 'bars', stream, clock }) },
  'bars in colour': { make: (stream, clock) => progressBars({ mode: 'bars', stream, clock, color: true }) },
  lines: { make: (stream, clock) => progressBars({ mode: 'lines', stream, clock }) },
  none: { make: (stream, clock) => progressBars({ mode: 'none', stream, clock }) },
};

describe.each(Object.entries(displays))('%s', (_, contract) => {
  it('keeps the contract of a display', () => expectProgressDisplay(contract));
});

/** A tracker whose display writes to `text`, by a clock that the test moves. */
function setUp(options: ProgressBarsOptions) {
  const output = { text: '', now: 0 };
  const stream = { write: (text: string) => (output.text += text) };
  const display = progressBars({ stream, clock: () => output.now, ...options });
  return { output, display, progress: new ProgressTracker({ display }) };
}

describe('plain lines', () => {
  it('come with every tenth of all epochs, with the metrics of their own step', () => {
    const { output, display, progress } = setUp({ mode: 'lines' });
    for (const epoch of progress.epochs(2)) {
      for (const step of progress.track(Array.from({ length: 10 }, (_, index) => index))) {
        output.now += 500;
        display.next({ 'train.loss': { dataSync: () => [epoch * 10 + step] } });
      }
      for (const _ of progress.track([1, 2], { count: false, label: 'validation' })) output.now += 500;
      display.next({ epoch, 'val.accuracy': 0.9 + epoch / 100 });
    }
    expect(`\n${output.text}`).toMatchInlineSnapshot(`
      "
      epoch 1/2 (10%) 0:01 eta 0:09  train 2/10 (20%) 2.00 it/s 0:01 eta 0:04  train.loss 1
      epoch 1/2 (20%) 0:02 eta 0:08  train 4/10 (40%) 2.00 it/s 0:02 eta 0:03  train.loss 3
      epoch 1/2 (30%) 0:03 eta 0:07  train 6/10 (60%) 2.00 it/s 0:03 eta 0:02  train.loss 5
      epoch 1/2 (40%) 0:04 eta 0:06  train 8/10 (80%) 2.00 it/s 0:04 eta 0:01  train.loss 7
      epoch 1/2 (50%) 0:06 eta 0:06  validation 2/2 (100%) 2.00 it/s 0:01  train.loss 9  val.accuracy 0.9000
      epoch 2/2 (60%) 0:07 eta 0:05  train 2/10 (20%) 2.00 it/s 0:01 eta 0:04  train.loss 11  val.accuracy 0.9000
      epoch 2/2 (70%) 0:08 eta 0:04  train 4/10 (40%) 2.00 it/s 0:02 eta 0:03  train.loss 13  val.accuracy 0.9000
      epoch 2/2 (80%) 0:09 eta 0:03  train 6/10 (60%) 2.00 it/s 0:03 eta 0:02  train.loss 15  val.accuracy 0.9000
      epoch 2/2 (90%) 0:10 eta 0:02  train 8/10 (80%) 2.00 it/s 0:04 eta 0:01  train.loss 17  val.accuracy 0.9000
      epoch 2/2 (100%) 0:12  validation 2/2 (100%) 2.00 it/s 0:01  train.loss 19  val.accuracy 0.9100
      "
    `);
  });

  it('come every 30 seconds where a tenth takes longer', () => {
    const { output, progress } = setUp({ mode: 'lines' });
    for (const _ of progress.track({
      *[Symbol.iterator]() {
        yield* Array.from({ length: 60 });
      },
    })) {
      output.now += 1900;
    }
    expect(`\n${output.text}`).toMatchInlineSnapshot(`
      "
      train 17 1.90 s/it 0:32
      train 34 1.90 s/it 1:05
      train 51 1.90 s/it 1:37
      "
    `);
  });

  it('come as often as is asked', () => {
    const { output, progress } = setUp({ mode: 'lines', linePercent: 50, lineSeconds: 1e9 });
    for (const _ of progress.track(Array.from({ length: 10 }))) output.now += 1e5;
    expect(output.text.split('\n').map((line) => line.slice(0, 12))).toEqual([
      'train 5/10 (',
      'train 10/10 ',
      '',
    ]);
  });

  it('go on from where a resumed run stands', () => {
    const { output, progress } = setUp({ mode: 'lines', linePercent: 50 });
    for (const _ of progress.epochs(4, { from: 2 })) for (const _ of progress.track([1])) output.now += 1000;
    expect(output.text).toBe('epoch 4/4 (100%) 0:02  train 1/1 (100%) 1.00 it/s 0:01\n');
  });
});

describe('bars', () => {
  it('are drawn at most every refresh, and at the end', () => {
    const { output, display, progress } = setUp({ mode: 'bars', refresh: 100 });
    let reads = 0;
    const dataSync = () => {
      reads += 1;
      return [reads];
    };
    for (const _ of progress.track(Array.from({ length: 1000 }))) {
      output.now += 1;
      display.next({ loss: { dataSync } });
    }
    const drawings = output.text.split('train').length - 1;
    expect(reads).toBe(10);
    expect(drawings).toBeLessThanOrEqual(22);
    expect(output.text.trimEnd().split('\n').slice(-2).join('\n')).toMatchInlineSnapshot(`
      "[A[2K[A[2Ktrain      1000/1000 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100%  1000 it/s  0:01
      loss 10 ▁▂▃▃▄▅▆▆▇█"
    `);
  });

  it('tell the time that is left from the epochs that ended', () => {
    const { output, progress } = setUp({ mode: 'bars', refresh: 0 });
    for (const epoch of progress.epochs(4)) {
      for (const _ of progress.track([1, 2])) output.now += 5000;
      for (const _ of progress.track([1], { count: false })) output.now += 2000;
      if (epoch === 1) break;
    }
    expect(output.text.trimEnd().split('\n').at(-2)).toContain('50%  0:24  eta 0:24');
  });

  it('forget the metrics of the run before', () => {
    const { output, display, progress } = setUp({ mode: 'bars' });
    for (const _ of progress.epochs(1)) display.next({ first: 1 });
    output.text = '';
    for (const _ of progress.epochs(1)) display.next({ second: 2 });
    expect(output.text).toContain('second 2');
    expect(output.text).not.toContain('first');
  });

  it('show only the metrics that are asked for, in their order', () => {
    const { output, display, progress } = setUp({ mode: 'bars', metrics: ['b', 'a', 'missing'] });
    for (const _ of progress.track([1])) display.next({ a: 1, c: 3, b: 2, step: 1 });
    expect(output.text.trimEnd().split('\n').at(-1)).toBe('b 2  a 1');
  });
});

describe('progressBars', () => {
  it('shows nothing in tests unless it is told to', () => {
    const { output, display, progress } = setUp({});
    for (const _ of progress.track([1])) display.next({ loss: { dataSync: () => expect.unreachable() } });
    expect(output.text).toBe('');
  });

  it('chooses by what is written to, and by the environment', () => {
    const terminal = { isTTY: true };
    expect(defaultMode(terminal, { TERM: 'xterm-256color' })).toBe('bars');
    expect(defaultMode(terminal, { TERM: 'dumb' })).toBe('lines');
    expect(defaultMode({}, {})).toBe('lines');
    expect(defaultMode(terminal, { NO_PROGRESS: '1' })).toBe('none');
    expect(defaultMode(terminal, { VITEST: 'true' })).toBe('none');
    expect(defaultMode(terminal, { NODE_ENV: 'test' })).toBe('none');
    expect(defaultMode(terminal, { NO_PROGRESS: '', NODE_ENV: 'production', NO_COLOR: '1' })).toBe('bars');
  });

  it('refuses bad options by name', () => {
    const start = '[loopwright/progress] progressBars: ';
    const bad = (options: object) => () => progressBars(options as ProgressBarsOptions);
    expect(bad({ mode: 'bar' })).toThrow(`${start}mode must be one of "bars", "lines", "none", got "bar"`);
    expect(bad({ stream: {} })).toThrow(`${start}stream.write must be a function, got undefined`);
    expect(bad({ refresh: -1 })).toThrow(`${start}refresh must be a finite number at least 0, got -1`);
    expect(bad({ linePercent: 0 })).toThrow(`${start}linePercent must be`);
    expect(bad({ lineSeconds: 0 })).toThrow(`${start}lineSeconds must be`);
    expect(bad({ color: 1 })).toThrow(`${start}color must be true or false, got 1`);
    expect(bad({ clock: 1 })).toThrow(`${start}clock must be a function, got 1`);
    expect(bad({ metrics: 'loss' })).toThrow(`${start}metrics must be a list of names`);
    expect(bad({ metrics: [1] })).toThrow(`${start}metrics[0] must be a non-empty string, got 1`);
    expect(bad({ colour: true })).toThrow(`${start}unknown option "colour" (did you mean color?)`);
  });
});
