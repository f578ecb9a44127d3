import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
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

  it('writes PNG of twice the size, with the lines in it', async () => {
    const path = join(folder, 'curves.png');
    await plotCurves(path, { ...options, width: 300, height: 200 });
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 600, height: 400, channels: 3 });
    const blue = Array.from({ length: 600 * 400 }, (_, at) => data.subarray(3 * at, 3 * at + 3)).filter(
      (pixel) => pixel.equals(Buffer.of(0x00, 0x72, 0xb2)),
    );
    expect(blue.length).toBeGreaterThan(500);
    expect(readdirSync(folder)).toEqual(['curves.png']);
  });

  it('refuses other kinds of files', async () => {
    await expect(plotCurves(join(folder, 'curves.jpg'), options)).rejects.toThrow(
      '[loopwright/plot] plotCurves: path must end in .svg or .png, got ',
    );
    await expect(plotCurves('', options)).rejects.toThrow('path must be a non-empty string, got ""');
  });
});
