/** The experiment as its user runs it, smaller. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ending, epochsOf, outcomeOf, runExample, writeTinyCifar100 } from './run-experiment.ts';

describe('cifar100-small-net', () => {
  let folder: string;
  let options: readonly string[];
  let whole: Ending;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-cifar100-'));
    const path = writeTinyCifar100(folder, { train: 200, test: 50 });
    options = ['--path', path, '--width', '8', '--batch', '64'];
    whole = await runExample('cifar100-small-net', [
      ...options,
      '--epochs',
      '3',
      '--run',
      join(folder, 'whole'),
    ]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('trains by both recipes, and ends with figures and curves', () => {
    expect(whole.output).toContain('| improved');
    expect(whole.code).toBe(0);
    const { figures } = outcomeOf(join(folder, 'whole'));
    expect(figures.map(({ stage, metric, epochs }) => [stage, metric, epochs])).toEqual([
      ['original', 'validation accuracy', 3],
      ['original', 'accuracy', 3],
      ['improved', 'validation accuracy', 3],
      ['improved', 'accuracy', 3],
    ]);
    for (const name of ['original', 'improved']) {
      expect(epochsOf(join(folder, `whole/${name}/seed-1/metrics.jsonl`))).toEqual([0, 1, 2]);
    }
    expect(readFileSync(join(folder, 'whole/curves.svg'), 'utf8')).toMatch(/^<svg/);
  });

  it('killed in either recipe and started again, ends bit for bit as if it had not been', async () => {
    const run = join(folder, 'killed');
    const again = [...options, '--epochs', '3', '--run', run];
    for (const name of ['original', 'improved']) {
      const manifest = join(run, `${name}/seed-1/checkpoints/epoch-000001/manifest.json`);
      const killed = await runExample('cifar100-small-net', again, () => existsSync(manifest));
      expect(killed.code).toBe(null);
    }
    expect((await runExample('cifar100-small-net', again)).code).toBe(0);
    expect(outcomeOf(run)).toEqual(outcomeOf(join(folder, 'whole')));
  });

  it('ends when its minutes are over, after the epoch that it is in', async () => {
    const run = join(folder, 'short');
    const { code } = await runExample('cifar100-small-net', [
      ...[...options, '--recipe', 'improved', '--epochs', '1000', '--minutes', '0.06', '--run', run],
    ]);
    expect(code).toBe(0);
    const epochs = outcomeOf(run).figures[0]!.epochs as number;
    expect(epochs).toBeGreaterThan(0);
    expect(epochs).toBeLessThan(1000);
    expect(epochsOf(join(run, 'improved/seed-1/metrics.jsonl'))).toHaveLength(epochs);
  });
});
