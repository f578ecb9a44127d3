import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf, runExample } from './run-experiment.ts';
import { writeTinyImageFolders } from './tiny-image-folders.ts';

/** AdamW alone, after its range test. */
const SMALL = '--variants 5 --epochs 2 --size 32 --width 8 --batch 10 --rangeSteps 16 --workers 0'.split(' ');

describe('the example loop-with-helpers', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-loop-with-helpers-'));
    path = await writeTinyImageFolders(join(folder, 'data'), { classes: 5, train: 4, val: 2, side: 40 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('ends with its table; killed and started again, it ends bit for bit as if it had not been', async () => {
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    const { code, output } = await runExample('loop-with-helpers', [
      '--path',
      path,
      '--run',
      whole,
      ...SMALL,
    ]);
    expect(output).toMatch(/AdamW, one cycle, own rate, top-5 +\| +– \| +100.00 \(n = 1\) \|/);
    expect(code).toBe(0);
    expect(output).toMatch(/range tests suggest rates of [\d.e-]+ for AdamW/);
    expect(readFileSync(join(whole, 'curves.svg'), 'utf8')).toContain('Range test, AdamW');

    const firstEpoch = join(
      parts,
      'seed-1/AdamW, one cycle, own rate/checkpoints/epoch-000000/manifest.json',
    );
    const again = () => ['--path', path, '--run', parts, ...SMALL];
    const killed = await runExample('loop-with-helpers', again(), () => existsSync(firstEpoch));
    expect(killed.code).toBe(null);
    expect((await runExample('loop-with-helpers', again())).code).toBe(0);
    expect(outcomeOf(parts)).toEqual(outcomeOf(whole));
    const [row] = JSON.parse(readFileSync(join(whole, 'results.json'), 'utf8'));
    expect(row.options).toEqual({ size: 32, width: 8, batch: 10, rangeSteps: 16, workers: 0 });
  });

  it('says which variants there are', async () => {
    const run = join(folder, 'unknown');
    const options = ['--path', path, '--run', run, ...SMALL, '--variants', '6'];
    const { code, output } = await runExample('loop-with-helpers', options);
    expect(output).toContain('--variants must be of 1 to 5, got 6');
    expect(code).toBe(1);
  });
});
