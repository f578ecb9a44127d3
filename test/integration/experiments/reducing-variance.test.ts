import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochsOf, outcomeOf, runExample } from './run-experiment.ts';
import { writeTinyImageFolders } from './tiny-image-folders.ts';

const SMALL = '--seeds 1 --epochs 2 --size 32 --width 8 --batch 4 --validation 2 --workers 0'.split(' ');

describe('the example reducing-variance', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-reducing-variance-'));
    path = await writeTinyImageFolders(join(folder, 'data'), { classes: 3, train: 4, val: 2, side: 40 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('ends with its table; killed and started again, it ends bit for bit as if it had not been', async () => {
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    const { code, output } = await runExample('reducing-variance', [
      '--path',
      path,
      '--run',
      whole,
      ...SMALL,
    ]);
    expect(output).toMatch(/xresnet18, smoothed accuracy +\| +82.1 ± 0.25 \|/);
    expect(code).toBe(0);
    expect(epochsOf(join(whole, 'seed-1/metrics.jsonl'))).toEqual([0, 1]);
    expect(readFileSync(join(whole, 'curves.svg'), 'utf8')).toMatch(/^<svg/);

    const firstEpoch = join(parts, 'seed-1/checkpoints/epoch-000000/manifest.json');
    const again = () => ['--path', path, '--run', parts, ...SMALL];
    const killed = await runExample('reducing-variance', again(), () => existsSync(firstEpoch));
    expect(killed.code).toBe(null);
    expect((await runExample('reducing-variance', again())).code).toBe(0);
    expect(outcomeOf(parts)).toEqual(outcomeOf(whole));
    expect(epochsOf(join(parts, 'seed-1/metrics.jsonl'))).toEqual([0, 1]);
  });
});
