/** The experiment as its user runs it, smaller: it ends, it tells, and killed at any moment it becomes the same run. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ending, epochsOf, outcomeOf, runExample, writeTinyCifar10 } from './run-experiment.ts';

const SMALL = [
  ['--baseEpochs', '2', '--swaEpochs', '2', '--swaStart', '2', '--annealEpochs', '1', '--distillEpochs', '2'],
  ['--batch', '40', '--distillBatch', '80', '--width', '4', '--workers', '0', '--tuneSeconds', '0'],
].flat();
const STUDENT = ['', ', SWA', ', SWA, TTA'];

describe('milking the final drops', () => {
  let folder: string;
  let whole: Ending;
  const run = (name: string, killWhen?: () => boolean) => {
    const options = ['--path', folder, '--run', join(folder, name), ...SMALL];
    return runExample('milking-the-final-drops', options, killWhen);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-milking-'));
    writeTinyCifar10(folder, { train: 200, test: 20 });
    whole = await run('whole');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('records its stages, with both ways to average the divergence', () => {
    expect(whole.code, whole.output).toBe(0);
    expect(whole.output).toContain('| distilled, SWA, TTA ');
    const students = ['distilled', 'distilled, KL by the batch'].flatMap((name) =>
      STUDENT.map((suffix) => `${name}${suffix}`),
    );
    const stages = outcomeOf(join(folder, 'whole')).figures.map(({ stage }) => stage);
    expect(stages).toEqual(['base', 'SWA', ...students]);
    expect(existsSync(join(folder, 'whole/curves.svg'))).toBe(true);
  });

  it('killed twice and started again, ends bit for bit as if it had not been', async () => {
    const killed = join(folder, 'killed');
    for (const moment of [
      'seed-1/SWA/checkpoints/epoch-000000',
      'seed-1/distilled, KL by the batch/checkpoints/epoch-000000',
    ]) {
      const ending = await run('killed', () => existsSync(join(killed, moment, 'manifest.json')));
      expect(ending, moment).toMatchObject({ code: null });
    }
    const { code, output } = await run('killed');
    expect(code, output).toBe(0);
    expect(outcomeOf(killed)).toEqual(outcomeOf(join(folder, 'whole')));
    expect(epochsOf(join(killed, 'seed-1/SWA/metrics.jsonl'))).toEqual([0, 1]);
  });
});
