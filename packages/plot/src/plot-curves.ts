import { mkdir } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { checker } from '@loopwright/core';
import { replaceFile } from '@loopwright/core/files';
import type { PlotOptions } from './plot-options.ts';
import { renderCurves } from './render-curves.ts';
import { toPng } from './to-png.ts';

const check = checker('plot', 'plotCurves');

/**
 * Writes what {@link renderCurves} draws to a file, whole or not at all: a reader never sees half a picture, and one
 * that was there before stays until the new one is complete. Missing folders are made.
 *
 * @param path ends in `.svg`, or in `.png`, which is drawn twice as large and needs the package `sharp`
 * @throws LoopwrightError for what cannot be drawn; then no file is touched
 * @example
 * const epochs = [0, 1, 2];
 * await plotCurves('runs/curves.svg', {
 *   panels: [
 *     { title: 'Loss', xLabel: 'epoch', series: [{ name: 'train', x: epochs, y: [2.3, 0.4, 0.1] }] },
 *     { kind: 'bars', title: 'Accuracy', labels: ['plain', 'SWA'], means: [0.962, 0.971], stds: [0.003, 0.001] },
 *   ],
 * });
 */
export async function plotCurves(path: string, options: PlotOptions): Promise<void> {
  const kind = extname(check.string('path', path)).toLowerCase();
  if (kind !== '.svg' && kind !== '.png') {
    check.fail(`path must end in .svg or .png, got ${JSON.stringify(path)}`);
  }
  const svg = renderCurves(options);
  const content = kind === '.png' ? await toPng(check, svg) : svg;
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, content);
}
