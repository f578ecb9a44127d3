import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedVariables } from '@loopwright/core';
import { encodeFileStart, encodeSummary, liveValues, type ValueRecord } from '@loopwright/event-files';
import { MetricStream, type PlainRecord } from '@loopwright/metrics';
import { expectNoLeak, tinyClassifier } from '@loopwright/test-utils';
import { dispose, scalar, type Tensor, tensor, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import { config } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TensorBoardOptions, type TensorBoardSink, tensorBoard } from '../index.ts';
import { eventFilesIn, readFolder } from './read-folder.ts';

let folder: string;
let seconds = 1_700_000_000;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-board-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  config.onUnhandledError = null;
});

const clock = () => 1000 * seconds++;
const open = (options?: TensorBoardOptions) => tensorBoard(folder, { clock, ...options });
const live = (run = '') => liveValues([...readFolder(join(folder, run))]);

/** Step and value of each point of a curve. */
function curve(tag: string, run = ''): [number, number][] {
  return live(run).flatMap((record) =>
    record.kind === 'scalar' && record.tag === tag ? [[record.step, record.value] as [number, number]] : [],
  );
}

function only<Kind extends ValueRecord['kind']>(kind: Kind): Extract<ValueRecord, { kind: Kind }> {
  const found = live().filter((record) => record.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as Extract<ValueRecord, { kind: Kind }>;
}

function write(board: TensorBoardSink, ...records: PlainRecord[]): void {
  for (const record of records) board.next(record);
}

describe('the step of a record', () => {
  it('is its own, and that of an epoch the last before it', () => {
    write(open(), { step: 10, loss: 1 }, { iteration: 20, loss: 2 }, { epoch: 0, 'val.loss': 3 });
    expect(curve('loss')).toEqual([
      [10, 1],
      [20, 2],
    ]);
    expect(curve('val/loss')).toEqual([[20, 3]]);
    expect(curve('epoch')).toEqual([[20, 0]]);
  });

  it('is the epoch where there are no steps, also after a restart', () => {
    const board = open();
    board.hparams({ lr: 1 });
    board.text('about', 'x', 0);
    write(board, { epoch: 0, loss: 1 }, { epoch: 1, loss: 2 });
    write(open(), { epoch: 1, loss: 3 }, { epoch: 2, loss: 4 });
    expect(curve('loss')).toEqual([
      [0, 1],
      [1, 3],
      [2, 4],
    ]);
  });

  it('is counted where a record says nothing, and the count goes on after a restart', () => {
    write(open(), { loss: 1 }, { loss: 2 });
    write(open(), { loss: 3 }, { epoch: 0, 'val.loss': 9 });
    expect(curve('loss')).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(curve('val/loss')).toEqual([[3, 9]]);
  });

  it('is where the epoch was before, if a restart begins with its summary', () => {
    write(open(), { step: 5, loss: 1 }, { epoch: 0, acc: 1 }, { step: 10, loss: 1 }, { epoch: 1, acc: 2 });
    write(open(), { epoch: 1, 'test.acc': 3 });
    write(open(), { epoch: 7, 'test.acc': 4 });
    expect(curve('test/acc')).toEqual([
      [10, 3],
      [10, 4],
    ]);
    expect(curve('acc')).toEqual([
      [5, 1],
      [10, 2],
    ]);
  });

  it('is the epoch if that is asked for, and records without one are left out', () => {
    write(open({ step: 'epoch' }), { step: 10, loss: 1 }, { epoch: 3, step: 20, loss: 2 });
    expect(live().map(({ step, tag }) => [step, tag])).toEqual([[3, 'loss']]);
  });

  it('is what a function says', () => {
    const step = ({ step }: PlainRecord) => Number(step) * 32;
    write(open({ step }), { step: 2, loss: 1 });
    expect(curve('loss')).toEqual([[64, 1]]);
  });

  it('is read from a tensor, and must be an integer', () =>
    expectNoLeak(() => {
      const board = open();
      tidy(() => board.next({ step: scalar(4, 'int32'), loss: scalar(0.5) }));
      expect(curve('loss')).toEqual([[4, 0.5]]);
      expect(() => board.next({ step: 0.5, loss: 1 })).toThrow(
        '[loopwright/logging] tensorBoard: step must be an integer, got 0.5',
      );
      expect(() => open({ step: () => Number.NaN }).next({ loss: 1 })).toThrow(
        'step(record) must be an integer',
      );
      board.close();
    }));
});

describe('names', () => {
  it('have a slash for their first dot, so that TensorBoard makes groups of them', () => {
    write(open(), { step: 1, 'train.top.5': 1, lr: 2, 'a/b.c': 3, '.x': 4, 'y.': 5 });
    expect(live().map(({ tag }) => tag)).toEqual(['train/top.5', 'lr', 'a/b.c', '.x', 'y.']);
  });

  it('of what steps have measured, too, get a curve of their own for the means of epochs', () => {
    write(
      open(),
      { epoch: 0, loss: 9 },
      { step: 1, loss: 1 },
      { epoch: 1, loss: 2, acc: 3 },
      { epoch: 1, step: 2, loss: 4 },
    );
    expect(curve('loss')).toEqual([
      [0, 9],
      [1, 1],
      [2, 4],
    ]);
    expect(curve('loss_epoch')).toEqual([[1, 2]]);
    expect(curve('acc')).toEqual([[1, 3]]);
  });

  it('go to runs of their own', () => {
    const board = open({ split: true });
    expect(readdirSync(folder)).toHaveLength(1);
    write(
      board,
      { step: 1, 'train.loss': 1, lr: 2 },
      { epoch: 0, 'val.loss': 3, 'validation.acc': 4, 'test.loss': 5 },
    );
    board.histogram('train.weights', [1, 2], 1);
    expect(curve('loss', 'train')).toEqual([[1, 1]]);
    expect(live('train').map(({ kind }) => kind)).toEqual(['scalar', 'histogram']);
    expect(curve('loss', 'validation')).toEqual([[1, 3]]);
    expect(curve('acc', 'validation')).toEqual([[1, 4]]);
    expect(curve('test/loss')).toEqual([[1, 5]]);
  });

  it('go where they are sent', () => {
    write(open({ split: { test: 'final' } }), {
      step: 1,
      'train.loss': 1,
      'test.loss': 2,
      'constructor.x': 3,
    });
    expect(curve('train/loss')).toEqual([[1, 1]]);
    expect(curve('constructor/x')).toEqual([[1, 3]]);
    expect(curve('loss', 'final')).toEqual([[1, 2]]);
  });
});

describe('a restart', () => {
  const steps = (from: number, to: number, loss: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => ({ step: from + index, 'train.loss': loss, loss }));

  it.each([false, true])('makes void what is run again (runs of their own: %s)', (split) => {
    const tag = split ? 'loss' : 'train/loss';
    write(open({ split }), ...steps(1, 5, 1));
    write(open({ split }), ...steps(4, 6, 2));
    write(open({ split }), ...steps(6, 7, 3));
    const expected = [1, 1, 1, 2, 2, 3, 3].map((loss, index) => [index + 1, loss]);
    expect(curve(tag, split ? 'train' : '')).toEqual(expected);
    expect(curve('loss')).toEqual(expected);
  });

  it('leaves the files of other writers and a torn end as they are', () => {
    const theirs = join(folder, 'events.out.tfevents.1700000000.host');
    const values = [{ kind: 'scalar', tag: 'loss', value: 1 }] as const;
    const summaries = [1, 2, 3].map((step) => encodeSummary({ step, wallTime: 0, values }));
    writeFileSync(theirs, Buffer.concat([encodeFileStart({ wallTime: 0 }), ...summaries]));
    truncateSync(theirs, 100);
    const whole = curve('loss').length;
    write(tensorBoard(folder, { clock: () => 1_000 }), { step: 2, loss: 7 });
    expect(eventFilesIn(folder)[0]).toBe('events.out.tfevents.1700000000.host');
    expect(whole).toBe(1);
    expect(curve('loss')).toEqual([
      [1, 1],
      [2, 7],
    ]);
  });

  it('makes void from the step that it is told', () => {
    write(open(), ...steps(1, 9, 1));
    write(open({ purgeStep: 4 }), { step: 8, loss: 2 });
    expect(curve('loss')).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [8, 2],
    ]);
  });

  it('makes nothing void with what is said of the run as a whole', () => {
    write(open(), ...steps(1, 3, 1));
    const board = open();
    board.hparams({ lr: 1 });
    board.text('about', 'again', 0);
    expect(curve('loss')).toHaveLength(3);
    board.histogram('weights', [1, 2], 3);
    expect(curve('loss')).toHaveLength(2);
    write(board, { step: 3, loss: 4 });
    expect(live().map(({ kind }) => kind)).toContain('histogram');
  });

  it('goes on by a state, whatever was written less often than every step', () => {
    const killed = open();
    write(killed, { step: 50, 'train.loss': 1 }, { epoch: 0, 'train.loss': 1 });
    const state = structuredClone(killed.stateDict());
    expect(state).toEqual({ version: 1, step: 50, names: ['train.loss'] });
    write(killed, { step: 70, 'train.loss': 2 }, { step: 90, 'train.loss': 2 });
    const resumed = open();
    resumed.loadStateDict(state);
    expect(resumed.stateDict()).toEqual(state);
    expect(curve('train/loss')).toHaveLength(3);
    write(resumed, { epoch: 1, 'train.loss': 3 }, { 'train.loss': 4 });
    expect(curve('train/loss')).toEqual([
      [50, 1],
      [51, 4],
    ]);
    expect(curve('train/loss_epoch')).toEqual([
      [50, 1],
      [50, 3],
    ]);
  });

  it('may take a load back', () => {
    const board = open();
    write(board, ...steps(1, 2, 1));
    const early = board.stateDict();
    write(board, ...steps(3, 5, 1));
    const late = board.stateDict();
    board.loadStateDict(early);
    board.loadStateDict(late);
    write(board, ...steps(6, 6, 1));
    expect(curve('loss')).toHaveLength(6);
    board.loadStateDict(early);
    write(board, ...steps(3, 3, 2));
    expect(curve('loss')).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
  });

  it('loads strictly', () => {
    const board = open();
    const state = board.stateDict();
    expect(state).toEqual({ version: 1, step: null, names: [] });
    for (const bad of [
      { ...state, version: 2 },
      { version: 1, step: 0.5, names: [] },
      { ...state, names: 'x' },
      { ...state, names: [1] },
      { version: 1, step: 1 },
    ]) {
      expect(() => board.loadStateDict(bad as never)).toThrow(/^\[loopwright\/logging\] tensorBoard: /);
    }
    expect(board.stateDict()).toEqual(state);
  });
});

describe('histograms', () => {
  it('are of arrays and tensors, which stay the caller’s', () =>
    expectNoLeak(() => {
      const board = open();
      const weights = tensor([
        [1, 2],
        [3, 4],
      ]);
      board.histograms({ 'layer/kernel': weights, ids: [1, 2] }, 3);
      expect(weights.isDisposed).toBe(false);
      weights.dispose();
      board.close();
      const [kernel, ids] = live();
      expect(kernel).toMatchObject({ kind: 'histogram', tag: 'layer/kernel', step: 3 });
      const buckets = kernel?.kind === 'histogram' ? kernel.value : [];
      expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(4);
      expect(ids).toMatchObject({ tag: 'ids', step: 3, wallTime: kernel?.wallTime });
    }));

  it('are easily made of all weights', async () => {
    const model = tinyClassifier();
    const variables = namedVariables(model);
    await expectNoLeak(() => open().histograms(variables, 1));
    expect(live().map((record) => record.tag)).toEqual(Object.keys(variables));
    model.dispose();
  });

  it('are of numbers', () =>
    expectNoLeak(() => {
      const board = open();
      const words = tensor1d(['a']);
      expect(() => board.histogram('x', words, 1)).toThrow(
        'tensorBoard: values must have numbers, got tensor "string"',
      );
      words.dispose();
      expect(() => board.histogram('x', 'abc' as never, 1)).toThrow(
        'values must be an array or a tensor, got "abc"',
      );
      expect(() => board.histogram('x', [1, '2'] as never, 1)).toThrow(
        'values must have numbers, got "2" at 1',
      );
      expect(() => board.histogram('x', new BigInt64Array([7n]) as never, 1)).toThrow(
        'values must have numbers, got 7 at 0',
      );
      expect(() => board.histograms({ x: 3 as never }, 1)).toThrow(
        'tensors["x"] must be an array or a tensor, got 3',
      );
      expect(() => board.histogram('', [1], 1)).toThrow('name must be a non-empty string');
      expect(() => board.histogram('x', [1], 0.5)).toThrow('step must be an integer, got 0.5');
      expect(live()).toEqual([]);
    }));
});

describe('pictures', () => {
  it.each<[string, () => Tensor, number, number, number]>([
    ['[height, width]', () => zeros([2, 3]), 3, 2, 1],
    ['[height, width, channels]', () => zeros([2, 3, 4], 'int32'), 3, 2, 1],
    ['[batch, height, width, channels]', () => zeros([5, 2, 3, 3], 'bool'), 3, 2, 5],
  ])('are tensors of shape %s', (_, make, width, height, count) =>
    expectNoLeak(() => {
      tidy(() => open().image('samples', make(), 2));
      const { value, step } = only('image');
      expect([value.width, value.height, value.images.length, step]).toEqual([width, height, count, 2]);
    }),
  );

  it('are PNG files and pixels', () => {
    const board = open();
    board.image('pixels', { width: 1, height: 2, data: Uint8Array.of(1, 2, 3, 4) }, 1);
    const [png] = only('image').value.images;
    board.image('file', png as Uint8Array, 2);
    expect(live()[1]).toMatchObject({ tag: 'file', value: { width: 1, height: 2, images: [png] } });
  });

  it('are refused with what they are', () =>
    expectNoLeak(() => {
      const board = open();
      const wrong = [zeros([3]), zeros([2, 2, 5]), zeros([0, 2])];
      for (const image of wrong)
        expect(() => board.image('x', image, 1)).toThrow('tensorBoard: image must have shape');
      dispose(wrong);
      expect(() => board.image('x', Uint8Array.of(1, 2), 1)).toThrow(
        'image must be a PNG file, pixels or a tensor, got other bytes',
      );
      expect(() => board.image('x', null as never, 1)).toThrow('pixels or a tensor, got null');
      const data = new Uint8Array(5);
      expect(() => board.image('x', { width: 2, height: 1, data }, 1)).toThrow(
        'must have 1 to 4 bytes for each of 2 × 1 pixels, got 5 bytes',
      );
      expect(() => board.image('x', { width: 0, height: 1, data }, 1)).toThrow(
        'image.width must be a positive integer, got 0',
      );
      expect(live()).toEqual([]);
    }));
});

describe('hyper-parameters', () => {
  const parts = () => live().flatMap((record) => (record.kind === 'hparams' ? [record.value] : []));

  it('are the options, the columns, and how the run ended', () => {
    const board = open({ split: true });
    board.hparams({ lr: 0.1, name: 'x', flag: false, layers: [1, 2], none: undefined, nothing: null }, [
      'val.loss',
      'acc',
    ]);
    board.complete();
    board.complete();
    expect(parts()).toMatchObject([
      {
        part: 'experiment',
        hparams: [
          { name: 'lr', type: 'number' },
          { name: 'name', type: 'string' },
          { name: 'flag', type: 'boolean' },
          { name: 'layers', type: 'string' },
          { name: 'nothing', type: 'string' },
        ],
        metrics: [
          { tag: 'loss', group: 'validation' },
          { tag: 'acc', group: '' },
        ],
      },
      {
        part: 'start',
        hparams: { lr: 0.1, name: 'x', flag: false, layers: '[1,2]', nothing: 'null' },
        group: '',
      },
      { part: 'end', status: 'success' },
    ]);
  });

  it('come with last values', () => {
    const board = open();
    write(board, { step: 7, loss: 1 });
    board.hparams({ lr: 1 }, { 'val.acc': 0.5 });
    board.close();
    board.complete();
    expect(curve('val/acc')).toEqual([[7, 0.5]]);
    expect(parts().map(({ part }) => part)).toEqual(['experiment', 'start']);
  });

  it('say that a run failed', async () => {
    const unhandled = vi.fn();
    config.onUnhandledError = unhandled;
    const metrics = new MetricStream();
    const board = open();
    metrics.subscribe(board);
    board.hparams({ lr: 1 });
    metrics.error(new Error('upstream'));
    expect(parts()[1]).toMatchObject({ part: 'end', status: 'failure' });
    await vi.waitFor(() => expect(unhandled).toHaveBeenCalledWith(new Error('upstream')));
  });

  it('are refused by name', () => {
    const board = open();
    expect(() => board.hparams({ f: (() => 1) as never })).toThrow(
      'hparams["f"] must be a number, a string, a boolean or JSON',
    );
    expect(() => board.hparams(1 as never)).toThrow('hparams must be an object of options, got 1');
    expect(() => board.hparams({}, { loss: 'x' as never })).toThrow(
      'metrics["loss"] must be a number, got "x"',
    );
    expect(() => board.hparams({}, [1 as never])).toThrow('metrics must be a non-empty string, got 1');
    expect(() => board.hparams({}, 5 as never)).toThrow('metrics must be names, or numbers by name, got 5');
    expect(live()).toEqual([]);
  });
});

describe('tensorBoard', () => {
  it('names its files so that the later one is read later, also within a second and by a clock that goes back', () => {
    const order = [9_000, 9_000, 9_999, 1_000].map((time) => {
      const before = eventFilesIn(folder);
      tensorBoard(folder, { clock: () => time }).close();
      return eventFilesIn(folder).filter((name) => !before.includes(name))[0];
    });
    expect(eventFilesIn(folder)).toEqual(order);
    expect(order[0]).toMatch(/^events\.out\.tfevents\.0000000009\./);
  });

  it.each([
    [{ step: 'batch' }, 'step must be one of "step", "epoch", got "batch"'],
    [{ split: 'train' }, 'split must be true, false or folders by name, got "train"'],
    [{ split: { train: '../up' } }, 'split["train"] must be the name of a folder, got "../up"'],
    [{ split: { train: '' } }, 'split["train"] must be the name of a folder, got ""'],
    [{ purgeStep: 0.5 }, 'purgeStep must be an integer, got 0.5'],
    [{ clock: 5 }, 'clock must be a function, got 5'],
    [{ purge_step: 3 }, 'unknown option "purge_step" (did you mean purgeStep?)'],
  ])('refuses %j', (options, message) => {
    expect(() => tensorBoard(folder, options as never)).toThrow(
      `[loopwright/logging] tensorBoard: ${message}`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('opens nothing after it is closed', () => {
    mkdirSync(join(folder, 'train'));
    const board = open({ split: true });
    board.close();
    for (const act of [
      () => board.next({ step: 1, 'train.loss': 1 }),
      () => board.text('x', 'y', 1),
      () => board.hparams({ lr: 1 }),
    ]) {
      expect(act).toThrow(`[loopwright/logging] tensorBoard: "${folder}" is closed`);
    }
    expect(readdirSync(join(folder, 'train'))).toEqual([]);
  });
});
