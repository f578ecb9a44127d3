import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeSummary } from '@loopwright/event-files';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareNames } from './compare-names.ts';
import { RunFolder } from './run-folder.ts';
import { seedGroup } from './seed-group.ts';
import { settingsOf } from './settings.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'runs-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string | Uint8Array | object): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  const isPlain = typeof content === 'object' && !(content instanceof Uint8Array);
  writeFileSync(file, isPlain ? JSON.stringify(content) : content);
}

async function read(): Promise<RunFolder> {
  const folder = new RunFolder(root);
  await folder.refresh();
  return folder;
}

const line = '{"step":1,"loss":0.5}\n';
const event = (tag: string, step = 1) =>
  encodeSummary({ step, wallTime: 1, values: [{ kind: 'scalar', tag, value: 0.5 }] });
const manifest = {
  format: 'loopwright-checkpoint',
  version: 1,
  unit: 'epoch',
  epoch: 4,
  created: '2026-01-01T00:00:00Z',
};

describe('RunFolder', () => {
  it('finds runs by their logs, cards and checkpoints, at any depth', async () => {
    write('metrics.jsonl', line);
    write('seed-10/base/metrics.jsonl', line);
    write('seed-2/base/metrics.csv', 'step,loss\n1,0.5\n');
    write('board/train/events.out.tfevents.1.host', event('loss'));
    write('card-only/run.json', { starts: [] });
    write('saved/checkpoints/epoch-000004/manifest.json', {
      ...manifest,
      metrics: { loss: { $number: 'NaN' } },
    });
    write('.hidden/metrics.jsonl', line);
    write('notes/readme.json', { a: 1 });
    const { runs } = await read();
    expect(runs.map(({ folder }) => folder)).toEqual([
      '.',
      'board/train',
      'card-only',
      'saved',
      'seed-2/base',
      'seed-10/base',
    ]);
    expect(runs.map(({ tags }) => tags)).toEqual([['loss'], ['loss'], [], [], ['loss'], ['loss']]);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(6);
    expect(runs[3]?.checkpoints).toMatchObject([
      { name: 'epoch-000004', count: 4, metrics: { loss: Number.NaN } },
    ]);
    expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('reads a metric once, though several sinks have logged it', async () => {
    write('a/metrics.jsonl', '{"step":1,"train.loss":1}\n');
    write('a/metrics.csv', 'step,train.loss\n1,2\n');
    write('a/events.out.tfevents.1', Buffer.concat([event('train/loss'), event('other')]));
    const [run] = (await read()).runs;
    expect(run?.tags).toEqual(['train.loss', 'other']);
    expect(run?.metric('train.loss')?.series.values.at(0)).toBe(1);
  });

  it('takes event files of one folder for one run that goes on', async () => {
    write('a/events.out.tfevents.2', event('loss', 2));
    write('a/events.out.tfevents.1', event('loss', 1));
    const folder = await read();
    const positions = () => [...(folder.runs[0]?.metric('loss')?.series.positions.view() ?? [])];
    expect(positions()).toEqual([1, 2]);
  });

  it('knows the epochs of runs that were split from the one above', async () => {
    const epochs = [10, 20].map((step) =>
      encodeSummary({ step, wallTime: 1, values: [{ kind: 'scalar', tag: 'epoch', value: step / 10 }] }),
    );
    write('a/events.out.tfevents.1', Buffer.concat(epochs));
    write('a/train/events.out.tfevents.1', event('loss', 15));
    const [, train] = (await read()).runs;
    expect(train?.metric('loss')?.epochs?.at(15)).toBe(1.5);
  });

  it('follows runs as they are written, and tells changes by its version', async () => {
    write('a/metrics.jsonl', line);
    const folder = await read();
    const { version } = folder;
    await folder.refresh();
    expect(folder.version).toBe(version);
    appendFileSync(join(root, 'a/metrics.jsonl'), '{"step":2,"loss":0.25}\n{"step":3,"lo');
    await folder.refresh();
    expect(folder.version).toBeGreaterThan(version);
    expect([...(folder.runs[0]?.metric('loss')?.series.values.view() ?? [])]).toEqual([0.5, 0.25]);
  });

  it('gives no version twice, so that a page which stays open takes no run for an earlier one of the same name', async () => {
    write('a/metrics.jsonl', line);
    const before = await read();
    write('a/metrics.jsonl', '{"step":1,"loss":9}\n');
    const after = await read();
    expect(after.version).toBeGreaterThan(before.version);
    expect(after.runs[0]?.id).toBe(before.runs[0]?.id);
    expect(after.runs[0]?.version).toBeGreaterThan(before.runs[0]?.version as number);
  });

  it('ends a reading that goes on when it is closed, in the middle of a file too', async () => {
    const text = line.repeat(150_000);
    write('a/metrics.jsonl', text);
    const folder = new RunFolder(root);
    const reading = folder.refresh();
    while (!folder.runs[0]?.bytesRead) await new Promise(setImmediate);
    folder.close();
    await reading;
    expect(folder.runs[0]?.bytesRead).toBeLessThan(text.length);
    const read = folder.runs[0]?.bytesRead;
    await folder.refresh();
    expect(folder.runs[0]?.bytesRead).toBe(read);
  });

  it('survives files that are cut, replaced, unreadable or gone, and tells what it cannot show', async () => {
    write('a/metrics.jsonl', `${line}{"step":2,"loss":0.25}\nno record\n{"step":3`);
    write('b/metrics.jsonl', line);
    write('b/run.json', '{"half":');
    const old = new Date(Date.now() - 60_000);
    utimesSync(join(root, 'a/metrics.jsonl'), old, old);
    const folder = await read();
    expect(folder.runs.map(({ problems }) => problems)).toEqual([
      ['a/metrics.jsonl: 1 line that is no JSON record, the first in line 3'],
      [expect.stringContaining('b/run.json: cannot be read: ')],
    ]);
    write('a/metrics.jsonl', '{"step":9,"loss":9}\n');
    await folder.refresh();
    expect([...(folder.runs[0]?.metric('loss')?.series.positions.view() ?? [])]).toEqual([9]);
    rmSync(join(root, 'a'), { recursive: true });
    await folder.refresh();
    expect(folder.runs[0]?.problems).toEqual([
      'a/metrics.jsonl: cannot be read: no such file or directory (ENOENT)',
    ]);
  });

  it('tells that a log has been cut off within a record, once nobody goes on writing it', async () => {
    write('a/metrics.jsonl', `${line}{"step":2,"lo`);
    expect((await read()).runs[0]?.problems).toEqual([]);
    const old = new Date(Date.now() - 60_000);
    utimesSync(join(root, 'a/metrics.jsonl'), old, old);
    expect((await read()).runs[0]?.problems).toEqual(['a/metrics.jsonl: its last record is cut off']);
  });

  it('does not follow links', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'metrics.jsonl'), line);
    symlinkSync(outside, join(root, 'linked'));
    mkdirSync(join(root, 'a'));
    symlinkSync(join(outside, 'metrics.jsonl'), join(root, 'a/metrics.jsonl'));
    expect((await read()).runs).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  it('gives runs the card of the nearest folder, and the hyper-parameters in it', async () => {
    write('study/run.json', {
      version: 1,
      starts: [{ seeds: [1], options: { lr: 0.1, model: { name: 'a' } } }],
    });
    write('study/seed-1/metrics.jsonl', line);
    write('study/seed-2/metrics.jsonl', line);
    write('study/seed-2/run.json', {
      version: 1,
      starts: [{ options: { lr: 0.2 } }, { options: { lr: 0.3 } }],
    });
    const settings = (await read()).runs.map((run) => Object.fromEntries(run.settings));
    const shared = { lr: 0.1, 'model.name': 'a', seeds: 1 };
    expect(settings).toEqual([shared, shared, { lr: 0.3 }]);
  });

  it('finds the ledgers of studies among other JSON', async () => {
    write('base.json', {
      version: 1,
      settings: { epochs: 3 },
      outcomes: [{ seed: 1, values: { accuracy: 0.9 }, seconds: 2 }],
    });
    write('other.json', { outcomes: 3 });
    write('broken.json', '{');
    const { studies } = await read();
    expect(studies).toMatchObject([
      { name: 'base.json', settings: { epochs: 3 }, summary: { accuracy: { n: 1, mean: 0.9 } } },
    ]);
  });

  it('names a folder that it cannot open', () => {
    expect(() => new RunFolder(join(root, 'none'))).toThrow('[loopwright/board] RunFolder: cannot open ');
    write('file', 'x');
    expect(() => new RunFolder(join(root, 'file'))).toThrow('is no folder');
  });
});

it.each([
  ['study/seed-3/base', 'study/seed-*/base'],
  ['resnet_seed4', 'resnet_seed*'],
  ['lr=0.1 seed=12', 'lr=0.1 seed=*'],
  ['Seed_1', 'Seed_*'],
  ['seedling-3', undefined],
  ['reseed-3', undefined],
  ['baseline', undefined],
])('seedGroup(%j)', (name, group) => expect(seedGroup(name)).toBe(group));

it('orders names as people do', () => {
  const names = ['lr0.01-seed-1', 'lr0.001-seed-10', 'lr0.001-seed-2', 'a', 'B'];
  expect(names.sort(compareNames)).toEqual(['a', 'B', 'lr0.001-seed-2', 'lr0.001-seed-10', 'lr0.01-seed-1']);
});

it('takes a card of another make for options', () => {
  expect(Object.fromEntries(settingsOf({ lr: 0.1, layers: [1, 2], none: null }))).toEqual({
    lr: 0.1,
    layers: '[1,2]',
    none: null,
  });
  expect(settingsOf('text').size).toBe(0);
});
