/** The experiment as its user runs it, smaller: it ends, it tells, and killed at any moment it becomes the same run. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ending, epochsOf, outcomeOf, runExample, writeTinyCifar10 } from './run-experiment.ts';

const SMALL = ['--epochs', '3', '--batch', '16', '--width', '4', '--swaStart', '14', '--swaEvery', '4'];
const STAGES = ['last epoch', 'best validation', 'SWA'];

describe('SWA on a VGG', () => {
  let folder: string;
  let whole: Ending;
  const run = (name: string, killWhen?: () => boolean) =>
    runExample('vgg-swa', ['--path', folder, '--run', join(folder, name), ...SMALL], killWhen);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-vgg-swa-'));
    writeTinyCifar10(folder, { train: 200, test: 20 });
    whole = await run('whole');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('records its stages, with dropout as published and as meant', () => {
    expect(whole.code, whole.output).toBe(0);
    expect(whole.output).toContain('| SWA ');
    const stages = ['', ', dropout in all epochs'].flatMap((suffix) =>
      STAGES.map((stage) => `${stage}${suffix}`),
    );
    expect(outcomeOf(join(folder, 'whole')).figures.map(({ stage }) => stage)).toEqual(stages);
    expect(existsSync(join(folder, 'whole/curves.svg'))).toBe(true);
  });

  it('killed twice and started again, ends bit for bit as if it had not been', async () => {
    const killed = join(folder, 'killed');
    for (const moment of [
      'seed-1/VGG/checkpoints/epoch-000000',
      'seed-1/VGG, dropout in all epochs/checkpoints/epoch-000001',
    ]) {
      const ending = await run('killed', () => existsSync(join(killed, moment, 'manifest.json')));
      expect(ending, moment).toMatchObject({ code: null });
    }
    const { code, output } = await run('killed');
    expect(code, output).toBe(0);
    expect(outcomeOf(killed)).toEqual(outcomeOf(join(folder, 'whole')));
    expect(epochsOf(join(killed, 'seed-1/VGG/metrics.jsonl'))).toEqual([0, 1, 2]);
  });
});
