import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plotCurves } from './plot-curves.ts';
import type { PlotOptions } from './plot-options.ts';
import { renderCurves } from './render-curves.ts';

const options: PlotOptions = { panels: [{ series: [{ name: 'loss', x: [0, 1], y: [1, 0.5] }] }] };

describe('plotCurves', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-plot-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes the picture and nothing else, and makes its folder', async () => {
    const path = join(folder, 'runs', 'a', 'curves.svg');
    await plotCurves(path, options);
    await plotCurves(path, options);
    expect(readFileSync(path, 'utf8')).toBe(renderCurves(options));
    expect(readdirSync(join(folder, 'runs', 'a'))).toEqual(['curves.svg']);
  });

  it('leaves the old picture when the new one cannot be drawn or written', async () => {
    const path = join(folder, 'curves.svg');
    await plotCurves(path, options);
    await expect(plotCurves(path, { panels: [] })).rejects.toThrow(
      '[loopwright/plot] renderCurves: panels must',
    );
    expect(readFileSync(path, 'utf8')).toBe(renderCurves(options));
    mkdirSync(join(folder, 'taken.svg'));
    await expect(plotCurves(join(folder, 'taken.svg'), options)).rejects.toThrow();
    expect(readdirSync(folder).sort()).toEqual(['curves.svg', 'taken.svg']);
  });

  it('refuses other kinds of files', async () => {
    await expect(plotCurves(join(folder, 'curves.png'), options)).rejects.toThrow(
      '[loopwright/plot] plotCurves: path must end in .svg, got ',
    );
    await expect(plotCurves('', options)).rejects.toThrow('path must be a non-empty string, got ""');
  });
});
