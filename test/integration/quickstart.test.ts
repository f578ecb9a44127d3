/** The quickstart as its user runs it, smaller: it ends, it tells, and killed at any moment it becomes the same run. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeReport } from '@loopwright/board';
import { tf } from '@loopwright/tensorflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallConvNet } from '../../examples/models/small-conv-net.ts';
import { type Ending, epochsOf, runExample, stateDigests } from './experiments/run-experiment.ts';

const SMALL = ['--labels', '96', '--epochs', '2', '--seeds', '1', '--test-images', '200'];
const STAGES = ['base', 'SWA', 'distilled', 'distilled + SWA', 'TTA'];

/** Runs the quickstart in a run folder; sends it a signal as soon as `killWhen` holds. */
const quickstart = (
  run: string,
  options: readonly string[],
  killWhen?: () => boolean,
  signal?: NodeJS.Signals,
) => runExample('quickstart', ['--run', run, ...options], killWhen, signal);

/** What a run came to: the accuracies, and a digest of every state that is left. */
function outcome(run: string) {
  const results = JSON.parse(readFileSync(join(run, 'results.json'), 'utf8'));
  const accuracies = results.map(({ stage, value }: Record<string, unknown>) => [stage, value]);
  return { accuracies, states: stateDigests(run) };
}

describe("the quickstart's network", () => {
  it('has the weights that it says', () => {
    const model = smallConvNet(tf, { inputShape: [28, 28, 1], classes: 10, seed: 1 });
    const count = (weights: readonly { shape: readonly (number | null)[] }[]) =>
      weights.reduce(
        (sum, { shape }) => sum + shape.reduce<number>((size, length) => size * (length ?? 0), 1),
        0,
      );
    expect([count(model.weights), count(model.trainableWeights)]).toEqual([24_282, 24_058]);
    model.dispose();
  });
});

describe('the quickstart', () => {
  let folder: string;
  let whole: Ending;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopwright-quickstart-'));
    whole = await quickstart(join(folder, 'whole'), SMALL);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('prints its table, and writes results, metrics and a picture', () => {
    expect(whole.output).toMatch(/stage +test accuracy +gain +seconds/);
    expect(whole.code).toBe(0);
    for (const stage of STAGES) expect(whole.output).toContain(stage);
    expect(outcome(join(folder, 'whole')).accuracies.map(([stage]: [string]) => stage)).toEqual(STAGES);
    expect(readFileSync(join(folder, 'whole/curves.svg'), 'utf8')).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
    expect(epochsOf(join(folder, 'whole/seed-1/base/metrics.jsonl'))).toEqual([0, 1]);
  });

  it('leaves a card and event files, of which a report can be made', async () => {
    const { starts } = JSON.parse(readFileSync(join(folder, 'whole/run.json'), 'utf8'));
    expect(starts).toMatchObject([{ seeds: [1], options: { labels: 96, epochs: 2 } }]);
    expect(readdirSync(join(folder, 'whole/seed-1/base')).join()).toContain('events.out.tfevents');
    const output = join(folder, 'report.html');
    expect(await writeReport(join(folder, 'whole'), { output })).toMatchObject({ runs: 4, notes: [] });
  });

  it.each([
    ['in training', 'seed-1/base/checkpoints/epoch-000000/manifest.json'],
    ['while it averages', 'seed-1/SWA/checkpoints/epoch-000001/manifest.json'],
    ['while it distils', 'seed-1/distilled/checkpoints/epoch-000002/manifest.json'],
  ])('killed %s and started again, ends bit for bit as if it had not been', async (moment, file) => {
    const run = join(folder, moment.replaceAll(' ', '-'));
    const killed = await quickstart(run, SMALL, () => existsSync(join(run, file)));
    expect(killed.code).toBe(null);
    expect((await quickstart(run, SMALL)).code).toBe(0);
    expect(outcome(run)).toEqual(outcome(join(folder, 'whole')));
  });

  it('saves in the middle of an epoch at Ctrl-C, and ends bit for bit as if it had not been pressed', async () => {
    const run = join(folder, 'stopped');
    const isTraining = () => existsSync(join(run, 'seed-1/distilled/checkpoints/epoch-000001/manifest.json'));
    const stopped = await quickstart(run, SMALL, isTraining, 'SIGINT');
    expect(stopped.code).toBe(130);
    expect(stopped.output).toContain('stopping after this step (SIGINT)');
    expect((await quickstart(run, SMALL)).code).toBe(0);
    expect(outcome(run)).toEqual(outcome(join(folder, 'whole')));
  });

  it('refuses to mix runs with other options, and options that it does not know', async () => {
    const other = await quickstart(join(folder, 'whole'), [...SMALL, '--labels', '80']);
    expect(other.code).not.toBe(0);
    expect(other.output).toContain('holds a run with other options');
    const unknown = await quickstart(join(folder, 'unknown'), ['--label', '80']);
    expect(unknown.code).toBe(2);
    expect(unknown.output).toContain('usage: npm run quickstart');
  });
});
