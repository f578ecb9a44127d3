/** The experiments as their user runs them, smaller. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ending, epochsOf, outcomeOf, runExample, writeTinyCifar10 } from './run-experiment.ts';

describe.each(['airbench', 'airbench-muon'])('%s', (name) => {
  let folder: string;
  let options: readonly string[];
  let whole: Ending;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `loopwright-${name}-`));
    const path = writeTinyCifar10(folder, { train: 200, test: 50 });
    options = ['--path', path, '--seeds', '1', '--epochs', '4.5', '--batch', '64', '--width', '8'];
    whole = await runExample(name, [...options, '--run', join(folder, 'whole')]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('ends after a part of an epoch, with figures and curves', () => {
    expect(whole.output).toContain('| six views');
    expect(whole.code).toBe(0);
    const { figures } = outcomeOf(join(folder, 'whole'));
    expect(figures.map(({ stage, epochs }) => [stage, epochs])).toEqual([
      ['one view', 4.5],
      ['six views', 4.5],
    ]);
    expect(epochsOf(join(folder, 'whole/seed-1/metrics.jsonl'))).toEqual([0, 1, 2, 3, 4]);
    expect(readFileSync(join(folder, 'whole/curves.svg'), 'utf8')).toMatch(/^<svg/);
  });

  it('killed while the whitening bias trains and after, ends bit for bit as if it had not been', async () => {
    const run = join(folder, 'killed');
    const again = [...options, '--run', run];
    for (const epoch of [1, 3]) {
      const manifest = join(run, `seed-1/checkpoints/epoch-00000${epoch}/manifest.json`);
      expect((await runExample(name, again, () => existsSync(manifest))).code).toBe(null);
    }
    expect((await runExample(name, again)).code).toBe(0);
    expect(outcomeOf(run)).toEqual(outcomeOf(join(folder, 'whole')));
  });
});
