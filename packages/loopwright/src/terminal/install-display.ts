import type { InstallProgress, OnProgress } from '@loopwright/tensorflow/install';
import type { Output } from './terminal.ts';

const BAR_WIDTH = 24;
const REDRAW_EVERY_MS = 100;

/** Shows an install: a bar that is drawn over on a terminal, a line a step elsewhere. */
export interface InstallDisplay {
  readonly onProgress: OnProgress;
  /** Removes the bar. */
  close(): void;
}

export function installDisplay(output: Output): InstallDisplay {
  return output.isTTY === true ? barDisplay(output) : lineDisplay(output);
}

function lineDisplay(output: Output): InstallDisplay {
  let current = '';
  return {
    onProgress(progress) {
      if (progress.step === current) return;
      current = progress.step;
      output.write(`${current}${progress.total === undefined ? '' : ` (${megabytes(progress.total)} MB)`}\n`);
    },
    close() {},
  };
}

function barDisplay(output: Output): InstallDisplay {
  let current = '';
  let started = 0;
  let drawn = 0;
  const erase = () => output.write('\r\u001b[2K');
  return {
    onProgress(progress) {
      const now = performance.now();
      const isNew = progress.step !== current;
      if (isNew && current !== '') output.write('\n');
      if (isNew) {
        current = progress.step;
        started = now;
      } else if (now - drawn < REDRAW_EVERY_MS && progress.done !== progress.total) {
        return;
      }
      drawn = now;
      erase();
      output.write(progressLine(progress, (now - started) / 1000).slice(0, (output.columns || 80) - 1));
    },
    close() {
      if (current !== '') output.write('\n');
    },
  };
}

/** For example `Extracting TensorFlow [=======>       ] 123 of 858 MB, 101 MB/s`. */
export function progressLine({ step, done, total }: InstallProgress, seconds: number): string {
  if (done === undefined) return step;
  const rate = seconds > 0.5 ? `, ${megabytes(done / seconds)} MB/s` : '';
  if (total === undefined) return `${step} ${megabytes(done)} MB${rate}`;
  const filled = total === 0 ? BAR_WIDTH : Math.round((BAR_WIDTH * done) / total);
  const bar = `${'='.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}`;
  return `${step} [${bar}] ${megabytes(done)} of ${megabytes(total)} MB${rate}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
