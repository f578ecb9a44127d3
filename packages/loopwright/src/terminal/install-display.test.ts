import { describe, expect, it } from 'vitest';
import { installDisplay, progressLine } from './install-display.ts';

const steps = [
  { step: 'Looking' },
  { step: 'Downloading', done: 1e6, total: 4e6 },
  { step: 'Downloading', done: 4e6, total: 4e6 },
  { step: 'Compiling' },
];

function written(isTTY: boolean): string {
  let text = '';
  const write = (piece: string) => {
    text += piece;
  };
  const display = installDisplay({ isTTY, columns: 60, write });
  for (const step of steps) display.onProgress(step);
  display.close();
  return text;
}

describe('installDisplay', () => {
  it('writes a line a step where nobody watches', () => {
    expect(written(false)).toBe('Looking\nDownloading (4 MB)\nCompiling\n');
  });

  it('draws a bar over itself on a terminal, within its width', () => {
    const screen = written(true)
      .split('\n')
      .map((line) => line.split('\r\u001b[2K').at(-1));
    expect(screen).toEqual(['Looking', `Downloading [${'='.repeat(24)}] 4 of 4 MB`, 'Compiling', '']);
    for (const piece of written(true).split('\r\u001b[2K')) expect(piece.length).toBeLessThan(61);
  });
});

it('progressLine shows how much, and how fast once that means something', () => {
  expect(progressLine({ step: 'Reading' }, 9)).toBe('Reading');
  expect(progressLine({ step: 'Reading', done: 50e6 }, 2)).toBe('Reading 50 MB, 25 MB/s');
  expect(progressLine({ step: 'Reading', done: 50e6, total: 100e6 }, 0)).toBe(
    `Reading [${'='.repeat(12)}${' '.repeat(12)}] 50 of 100 MB`,
  );
});
