import { checker, reasonOf } from '@loopwright/core';
import type { RangePoint } from './loss-curve.ts';
import { rangePanel } from './range-panel.ts';

const check = checker('lr-finder', 'plot');

/**
 * Draws a range test to an SVG file by `@loopwright/plot`, which is loaded only now, because not everybody wants it.
 *
 * @throws LoopwrightError if that package is not installed, or the file cannot be written
 */
export async function plotRange(path: string, history: readonly RangePoint[]): Promise<void> {
  const { plotCurves } = await import('@loopwright/plot').catch((error: unknown) =>
    check.fail(`@loopwright/plot could not be loaded (npm install @loopwright/plot): ${reasonOf(error)}`, {
      cause: error,
    }),
  );
  await plotCurves(path, { panels: [rangePanel(history)], width: 720 });
}
