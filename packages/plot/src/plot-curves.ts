import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checker } from '@loopwright/core';
import { replaceFile } from '@loopwright/core/files';
import type { PlotOptions } from './plot-options.ts';
import { renderCurves } from './render-curves.ts';

const check = checker('plot', 'plotCurves');

/**
 * Writes what {@link renderCurves} draws to a file, whole or not at all: a reader never sees half a picture, and one
 * that was there before stays until the new one is complete. Missing folders are made.
 *
 * @param path must end in `.svg`
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
  if (!check.string('path', path).toLowerCase().endsWith('.svg')) {
    check.fail(`path must end in .svg, got ${JSON.stringify(path)}`);
  }
  const svg = renderCurves(options);
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, svg);
}
