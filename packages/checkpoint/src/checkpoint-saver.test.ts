import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StateDict, type Stateful, show } from '@loopwright/core';
import { countTensorsInEveryTest, tinyClassifier } from '@loopwright/test-utils';
import { tidy, zerosLike } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check } from './check.ts';
import type { CheckpointEvent } from './checkpoint-event.ts';
import { CheckpointSaver } from './checkpoint-saver.ts';
import { DamagedCheckpointError } from './damaged-checkpoint-error.ts';
import { captureRun } from './run.ts';
import type { CheckpointSaverOptions } from './saver-options.ts';

countTensorsInEveryTest();

let root: string;
let folder: string;
let events: CheckpointEvent[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  folder = join(root, 'run', 'checkpoints');
  events = [];
});
afterEach(async () => {
  for (const saver of savers.splice(0)) await saver.close();
  // Savers that are garbage by now may be unlocking their folders meanwhile.
  await rm(root, { recursive: true, maxRetries: 3 });
});

/** A part whose whole state is one number. */
class Counter implements Stateful {
  count: number;
  constructor(count = 0) {
    this.count = count;
  }
  stateDict(): StateDict {
    return { version: 1, count: this.count };
  }
  loadStateDict(state: StateDict): void {
    this.count = state.count as number;
  }
}

const savers: CheckpointSaver[] = [];
function newSaver(options: CheckpointSaverOptions = {}): CheckpointSaver {
  const saver = new CheckpointSaver(folder, { onEvent: (event) => events.push(event), ...options });
  savers.push(saver);
  return saver;
}
/** Saves and waits until it is written. */
const write = async (saver: CheckpointSaver, ...args: Parameters<CheckpointSaver['save']>) =>
  (await saver.save(...args)).written();
const kinds = () => events.map(({ kind }) => kind);
const names = async () => (await readdir(folder)).filter((name) => name !== '.lock').sort();
const place = (...path: string[]) => join(folder, ...path);

/** Saves epochs whose state is their number, with these metrics. */
async function saveEpochs(saver: CheckpointSaver, losses: readonly number[]): Promise<void> {
  for (const [epoch, loss] of losses.entries())
    await write(saver, epoch, { counter: new Counter(epoch) }, { loss });
}

describe('save and load', () => {
  it('bring a model and everything stateful back, and say what was saved', async () => {
    const [model, other] = [tinyClassifier(), tinyClassifier()];
    tidy(() => other.setWeights(model.getWeights().map((weight) => zerosLike(weight))));
    const saver = newSaver();
    const saved = await write(saver, 12, { model, counter: new Counter(7) }, { 'val.loss': 0.25 });
    expect(saved).toMatchObject({
      epoch: 12,
      name: 'epoch-000012',
      path: place('epoch-000012'),
      metrics: { 'val.loss': 0.25 },
    });
    expect(Date.parse(saved.created)).toBeGreaterThan(Date.now() - 60_000);
    const counter = new Counter();
    expect(await newSaver().load(12, { counter, model: other })).toEqual(saved);
    expect(counter.count).toBe(7);
    expect(captureRun(check, { model: other })).toEqual(captureRun(check, { model }));
    expect(kinds()).toEqual(['saved']);
    model.dispose();
    other.dispose();
  });

  it('save the state of the moment, and what comes after waits for it', async () => {
    const counter = new Counter(1);
    const saver = newSaver();
    const metrics = { loss: 1 };
    const first = saver.save(1, { counter }, metrics);
    counter.count = 2;
    metrics.loss = 2;
    expect(await saver.list()).toEqual([
      expect.objectContaining({ epoch: 1, metrics: { loss: 1 }, created: (await first).created }),
    ]);
    const restored = new Counter();
    await saver.load(await first, { counter: restored });
    expect(restored.count).toBe(1);
    await saver.save(2, { counter }, metrics);
    counter.count = 3;
    await saver.load(2, { counter: restored });
    expect(restored.count).toBe(2);
    expect(await (await first).written()).toEqual((await saver.list())[0]);
  });

  it('replace a checkpoint of the same epoch', async () => {
    const saver = newSaver();
    await write(saver, 3, { counter: new Counter(1) });
    await write(saver, 3, { counter: new Counter(2) });
    const counter = new Counter();
    await saver.load(3, { counter });
    expect(counter.count).toBe(2);
    expect(await names()).toEqual(['epoch-000003']);
  });

  it('write three files, and no path or name of the machine in them', async () => {
    const model = tinyClassifier();
    await write(newSaver(), 0, { model, counter: new Counter(5) }, { loss: Number.NaN });
    expect(await readdir(place('epoch-000000'))).toEqual([
      'manifest.json',
      'state.json',
      'state.safetensors',
    ]);
    for (const file of await readdir(place('epoch-000000'))) {
      expect(await readFile(place('epoch-000000', file), 'latin1'), file).not.toContain(root);
    }
    model.dispose();
  });

  it('count steps where they are told to, beside epochs', async () => {
    const [epochs, steps] = [newSaver(), newSaver({ unit: 'step', keepLast: 1 })];
    await write(epochs, 1, { counter: new Counter(1) });
    await write(steps, 1_000, { counter: new Counter(2) });
    await write(steps, 2_000_000, { counter: new Counter(3) });
    expect(await names()).toEqual(['epoch-000001', 'step-2000000']);
    const counter = new Counter();
    expect(await steps.resume({ counter })).toBe(2_000_001);
    expect(counter.count).toBe(3);
  });

  it('refuse what is not there, naming what is', async () => {
    const saver = newSaver();
    await expect(saver.load(4, { counter: new Counter() })).rejects.toThrow(
      `[loopwright/checkpoint] CheckpointSaver: there is no "epoch-000004" in ${show(folder)}, which holds []`,
    );
    await write(saver, 5, { counter: new Counter() });
    await expect(saver.verify(4)).rejects.toThrow('which holds ["epoch-000005"]');
  });

  it('refuse bad arguments before anything is written', async () => {
    const saver = newSaver({ keepBest: { metric: 'val.loss', mode: 'min' } });
    const run = { counter: new Counter() };
    await expect(saver.save(-1, run)).rejects.toThrow('epoch must be an integer at least 0, got -1');
    await expect(saver.save(1.5, run)).rejects.toThrow('epoch must be an integer at least 0, got 1.5');
    await expect(saver.save(1, run)).rejects.toThrow(
      'keepBest needs metrics["val.loss"], which is missing among []',
    );
    await expect(saver.save(1, run, { loss: 1 })).rejects.toThrow('which is missing among ["loss"]');
    await expect(saver.save(1, run, { 'val.loss': '1' as never })).rejects.toThrow(
      'metrics["val.loss"] must be a number, got "1"',
    );
    await expect(saver.save(1, run, null as never)).rejects.toThrow(
      'metrics must be a record of numbers, got null',
    );
    await expect(saver.save(1, {}, { 'val.loss': 1 })).rejects.toThrow(
      'run must be a record of at least one part',
    );
    const broken = { stateDict: () => ({ version: 1, step: undefined }), loadStateDict: () => {} };
    await expect(saver.save(1, { broken: broken as never }, { 'val.loss': 1 })).rejects.toThrow(
      '[loopwright/checkpoint] CheckpointSaver: broken/step is no state value: undefined',
    );
    await expect(saver.load('best' as never, run)).rejects.toThrow(
      'reference must be an integer at least 0, got "best"',
    );
    await expect(saver.load(1, run, { only: true } as never)).rejects.toThrow('unknown option "only"');
    expect(await readdir(root)).toEqual([]);
  });

  it('refuse bad options by name', () => {
    const make = (options: object) => () => new CheckpointSaver(folder, options as CheckpointSaverOptions);
    expect(make({ keeplast: 1 })).toThrow(
      '[loopwright/checkpoint] CheckpointSaver: unknown option "keeplast" (did you mean keepLast?)',
    );
    expect(make({ keepLast: 0 })).toThrow('keepLast must be a positive integer, got 0');
    expect(make({ keepBest: { metric: 'loss' } })).toThrow('mode must be one of "min", "max", got undefined');
    expect(make({ keepBest: { metric: '', mode: 'min' } })).toThrow('metric must be a non-empty string');
    expect(make({ keepBest: { metric: 'loss', mode: 'min', count: 0 } })).toThrow(
      'keepBest.count must be a positive',
    );
    expect(make({ keepBest: { metric: 'loss', mode: 'min', top: 1 } })).toThrow('unknown option "top"');
    expect(make({ unit: 'year' })).toThrow('unit must be one of "epoch", "step", got "year"');
    expect(make({ onSaveError: 'ignore' })).toThrow(
      'onSaveError must be one of "throw", "warn", got "ignore"',
    );
    expect(make({ onEvent: true })).toThrow('onEvent must be a function, got true');
    expect(() => new CheckpointSaver('')).toThrow('directory must be a non-empty string');
  });
});

describe('loading is strict', () => {
  it('a part that is missing or unknown is refused, and a subset has to be asked for', async () => {
    const saver = newSaver();
    await write(saver, 0, { a: new Counter(1), b: new Counter(2) });
    const [a, c] = [new Counter(), new Counter()];
    await expect(saver.load(0, { a })).rejects.toThrow('the checkpoint does not fit: unknown "b"');
    await expect(saver.load(0, { a, b: new Counter(), c })).rejects.toThrow('missing "c"');
    await expect(saver.load(0, { a, c }, { subset: true })).rejects.toThrow(
      'the checkpoint does not fit: missing "c"',
    );
    expect(a.count).toBe(0);
    await saver.load(0, { a }, { subset: true });
    expect(a.count).toBe(1);
  });

  it('a file of another size or with other bytes is refused, and nothing is loaded', async () => {
    const saver = newSaver();
    const counter = new Counter(5);
    for (const file of ['state.json', 'state.safetensors', 'manifest.json']) {
      const saved = await write(saver, 0, { counter });
      const path = join(saved.path, file);
      const bytes = await readFile(path);
      const flipped = Uint8Array.from(bytes);
      flipped[10] = (flipped[10] as number) ^ 1;
      await writeFile(path, flipped);
      await expect(saver.load(0, { counter: new Counter() })).rejects.toThrow(`${show(path)} is damaged: `);
      await expect(saver.verify(saved)).rejects.toThrow(DamagedCheckpointError);
      await truncate(path, bytes.length - 1);
      await expect(saver.verify(0)).rejects.toThrow(`${show(path)} is damaged: `);
      await rm(path);
      await expect(saver.verify(0)).rejects.toThrow(`${show(path)} is damaged: is missing`);
    }
    expect((await write(saver, 0, { counter })).epoch).toBe(0);
    expect(await saver.verify(0)).toMatchObject({ epoch: 0 });
  });

  it('a folder under another name is refused', async () => {
    const saver = newSaver();
    await write(saver, 1, { counter: new Counter() });
    await rename(place('epoch-000001'), place('epoch-000002'));
    await expect(saver.load(2, { counter: new Counter() })).rejects.toThrow(
      'is damaged: is that of "epoch-000001"',
    );
    expect(await saver.list()).toEqual([]);
  });
});

describe('list, findLast and findBest', () => {
  it('give complete checkpoints only, in order', async () => {
    const saver = newSaver();
    expect(await saver.list()).toEqual([]);
    expect(await saver.findLast()).toBeUndefined();
    await saveEpochs(saver, [0.5, 0.2, 0.2, Number.NaN]);
    await mkdir(place('epoch-000009'));
    await mkdir(place('epoch-10'));
    await mkdir(place('notes'));
    await writeFile(place('epoch-000011'), '');
    expect((await saver.list()).map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
    await truncate(place('epoch-000003', 'state.json'), 3);
    expect((await saver.findLast())?.epoch).toBe(2);
    expect((await saver.findBest({ metric: 'loss', mode: 'min' }))?.epoch).toBe(1);
    expect((await saver.findBest({ metric: 'loss', mode: 'max' }))?.epoch).toBe(0);
    expect(await saver.findBest({ metric: 'accuracy', mode: 'max' })).toBeUndefined();
    await expect(saver.findBest()).rejects.toThrow('findBest needs { metric, mode }');
  });

  it('a folder whose name means something to a glob is searched all the same', async () => {
    folder = join(root, 'lr={1e-3,1e-4} [a] (b)*!');
    const saver = newSaver();
    await write(saver, 1, { counter: new Counter(4) });
    expect((await saver.list()).map(({ name }) => name)).toEqual(['epoch-000001']);
  });
});

describe('rotation', () => {
  it('keeps all unless told otherwise', async () => {
    await saveEpochs(newSaver(), [1, 2, 3]);
    expect(await names()).toHaveLength(3);
  });

  it('keeps the newest and never deletes the best', async () => {
    const saver = newSaver({ keepLast: 2, keepBest: { metric: 'loss', mode: 'min' } });
    await saveEpochs(saver, [0.5, 0.1, 0.4, 0.3, Number.NaN, 0.2]);
    expect(await names()).toEqual(['epoch-000001', 'epoch-000004', 'epoch-000005']);
    expect((await saver.findBest())?.epoch).toBe(1);
    expect(kinds().filter((kind) => kind === 'removed')).toHaveLength(3);
  });

  it('keeps one newest where only the best are asked for', async () => {
    await saveEpochs(newSaver({ keepBest: { metric: 'loss', mode: 'max', count: 2 } }), [5, 6, 7, 1, 2]);
    expect(await names()).toEqual(['epoch-000001', 'epoch-000002', 'epoch-000004']);
  });

  it('leaves alone what is not a complete checkpoint', async () => {
    const saver = newSaver({ keepLast: 1 });
    await write(saver, 0, { counter: new Counter() });
    await rm(place('epoch-000000', 'manifest.json'));
    await mkdir(place('mine'));
    await write(saver, 1, { counter: new Counter() });
    await write(saver, 2, { counter: new Counter() });
    expect(await names()).toEqual(['epoch-000000', 'epoch-000002', 'mine']);
  });
});

describe('resume', () => {
  it('starts with 0 when there is nothing, and writes nothing but a lock', async () => {
    const counter = new Counter(9);
    expect(await newSaver().resume({ counter })).toBe(0);
    expect(counter.count).toBe(9);
    expect(events).toEqual([
      {
        kind: 'started',
        message: `found no checkpoint in ${show(folder)}: starting with epoch 0`,
        path: folder,
      },
    ]);
    expect(await readdir(folder)).toEqual(['.lock']);
  });

  it('loads the newest and goes on with the epoch after it', async () => {
    await saveEpochs(newSaver(), [1, 1, 1]);
    const counter = new Counter();
    expect(await newSaver().resume({ counter })).toBe(3);
    expect(counter.count).toBe(2);
    expect(events.at(-1)).toMatchObject({ kind: 'resumed', path: place('epoch-000002') });
    expect(events.at(-1)?.message).toMatch(
      /^resumed counter from ".*epoch-000002" of 20\d\d-.*Z: going on with epoch 3$/,
    );
  });

  it('passes over a damaged newest one, and says so', async () => {
    await saveEpochs(newSaver(), [1, 1, 1, 1]);
    await truncate(place('epoch-000003', 'manifest.json'), 10);
    const bytes = await readFile(place('epoch-000002', 'state.json'));
    await writeFile(
      place('epoch-000002', 'state.json'),
      bytes.map((byte) => byte ^ 1),
    );
    const counter = new Counter();
    events = [];
    expect(await newSaver().resume({ counter })).toBe(2);
    expect(counter.count).toBe(1);
    expect(kinds()).toEqual(['skipped', 'skipped', 'resumed']);
    expect(events[1]?.message).toContain(
      'passed over "epoch-000002": [loopwright/checkpoint] CheckpointSaver: ',
    );
    expect(events[1]?.message).toContain('is damaged: its checksum does not fit');
  });

  it('does not start afresh in silence when all are damaged', async () => {
    await saveEpochs(newSaver(), [1]);
    await rm(place('epoch-000000', 'state.safetensors'));
    await expect(newSaver().resume({ counter: new Counter() })).rejects.toThrow(
      `all checkpoints in ${show(folder)} are damaged; to start afresh, move them away`,
    );
  });

  it('a state that does not fit is no damage: nothing older is loaded in its place', async () => {
    const saver = newSaver();
    await write(saver, 0, { counter: new Counter() });
    await write(saver, 1, { counter: new Counter(), extra: new Counter() });
    await expect(saver.resume({ counter: new Counter() })).rejects.toThrow('unknown "extra"');
  });

  it('nor is a format of a newer release', async () => {
    await saveEpochs(newSaver(), [1, 1]);
    const path = place('epoch-000001', 'manifest.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"version": 1', '"version": 2'));
    const message = `${show(place('epoch-000001'))}: it has format version 2; this release reads version 1`;
    await expect(newSaver().resume({ counter: new Counter() })).rejects.toThrow(message);
    await expect(newSaver().list()).rejects.toThrow(message);
  });

  it('works from a moved and from a copied folder: nothing inside is absolute', async () => {
    await saveEpochs(newSaver(), [1, 1]);
    await cp(join(root, 'run'), join(root, 'copy'), { recursive: true });
    await rename(join(root, 'run'), join(root, 'moved'));
    for (const name of ['copy', 'moved']) {
      folder = join(root, name, 'checkpoints');
      const counter = new Counter();
      expect(await newSaver().resume({ counter })).toBe(2);
      expect(counter.count).toBe(1);
    }
  });
});
