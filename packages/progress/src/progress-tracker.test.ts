import { expectNoLeak, expectStateful } from '@loopwright/test-utils';
import { scalar } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { ProgressDisplay, ProgressPass } from './progress-display.ts';
import { ProgressTracker } from './progress-tracker.ts';

const counts = ({ epoch, iterationsInEpoch, totalIterations }: ProgressTracker) => [
  epoch,
  iterationsInEpoch,
  totalIterations,
];

async function* stream<T>(items: readonly T[], closed?: () => void): AsyncGenerator<T> {
  try {
    yield* items;
  } finally {
    closed?.();
  }
}

function* generate<T>(items: readonly T[], closed?: () => void): Generator<T> {
  try {
    yield* items;
  } finally {
    closed?.();
  }
}

function recordingDisplay() {
  const events: string[] = [];
  const pass = (name: string) => (seen: ProgressPass) =>
    void events.push(`${name} ${seen.label} ${seen.completed}/${seen.length ?? '?'}`);
  const display: ProgressDisplay = {
    epochsStarted: ({ from, end }) => void events.push(`epochs ${from} to ${end}`),
    epochStarted: (epoch) => void events.push(`epoch ${epoch}`),
    epochEnded: (epoch) => void events.push(`end of epoch ${epoch}`),
    epochsEnded: () => void events.push('end of epochs'),
    passStarted: pass('start'),
    stepped: pass('step'),
    passEnded: pass('end'),
  };
  return { display, events };
}

describe('ProgressTracker.track', () => {
  it('counts an item when it is handed out: the body sees the number of its own iteration', () => {
    const progress = new ProgressTracker();
    expect(counts(progress)).toEqual([0, 0, 0]);
    const seen = [];
    for (const item of progress.track(['a', 'b'])) seen.push([item, ...counts(progress)]);
    expect(seen).toEqual([
      ['a', 0, 1, 1],
      ['b', 0, 2, 2],
    ]);
    expect(counts(progress)).toEqual([0, 2, 2]);
  });

  it('keeps what is async async', async () => {
    const progress = new ProgressTracker();
    const seen = [];
    for await (const item of progress.track(stream([5, 6]))) seen.push([item, progress.totalIterations]);
    expect(seen).toEqual([
      [5, 1],
      [6, 2],
    ]);
    const items: AsyncIterable<number> = progress.track(stream([1]));
    const plain: Iterable<number> = progress.track(new Set([1]));
    expect([Symbol.asyncIterator in items, Symbol.iterator in plain]).toEqual([true, true]);
  });

  it('makes every counted pass outside epochs() an epoch of its own', () => {
    const progress = new ProgressTracker();
    for (const _ of progress.track([1, 2, 3]));
    for (const item of progress.track([1, 2, 3, 4])) expect(counts(progress)).toEqual([1, item, item + 3]);
    expect(counts(progress)).toEqual([1, 4, 7]);
  });

  it('does not count a validation pass', () => {
    const progress = new ProgressTracker();
    for (const _ of progress.epochs(2)) {
      for (const _ of progress.track([1, 2, 3])) {
        for (const _ of progress.track([1, 2], { count: false }));
      }
      for (const _ of progress.track([1, 2], { count: false, label: 'validation' }));
    }
    expect(counts(progress)).toEqual([1, 3, 6]);
  });

  it.each(['break', 'throw'])('closes the iterable on %s', async (way) => {
    const leave = () => {
      if (way === 'throw') throw new Error('body');
    };
    let closed = 0;
    const close = () => {
      closed += 1;
    };
    const progress = new ProgressTracker();
    const sync = () => {
      for (const _ of progress.track(generate([1, 2, 3], close))) {
        leave();
        break;
      }
    };
    const async = async () => {
      for await (const _ of progress.track(stream([1, 2, 3], close))) {
        leave();
        break;
      }
    };
    if (way === 'throw') {
      expect(sync).toThrow('body');
      await expect(async()).rejects.toThrow('body');
    } else {
      sync();
      await async();
    }
    expect(closed).toBe(2);
    expect(counts(progress)).toEqual([1, 1, 2]);
  });

  it('leaves tensors to their iterable', () =>
    expectNoLeak(async () => {
      const progress = new ProgressTracker();
      for (const value of progress.track(generate([1, 2, 3].map((value) => scalar(value))))) value.dispose();
    }));

  it('refuses what is not iterable and bad options, before anything is counted', () => {
    const progress = new ProgressTracker();
    const start = '[loopwright/progress] ProgressTracker.track: ';
    expect(() => progress.track(3 as never)).toThrow(`${start}items must be iterable, got number`);
    expect(() => progress.track(null as never)).toThrow(`${start}items must be iterable, got null`);
    expect(() => progress.track([], { size: 3 } as never)).toThrow(`${start}unknown option "size"`);
    expect(() => progress.track([], { count: 1 as never })).toThrow(
      `${start}count must be true or false, got 1`,
    );
    expect(() => progress.track([], { length: -1 })).toThrow(
      `${start}length must be an integer at least 0, got -1`,
    );
    expect(() => progress.track([], { label: '' })).toThrow(`${start}label must be a non-empty string`);
    expect(() => new ProgressTracker({ bars: true } as never)).toThrow(
      'ProgressTracker: unknown option "bars"',
    );
    expect(counts(progress)).toEqual([0, 0, 0]);
  });
});

describe('ProgressTracker.epochs', () => {
  it('counts from `from` to the end and starts each epoch at zero', () => {
    const progress = new ProgressTracker();
    const seen = [];
    for (const epoch of progress.epochs(4, { from: 2 })) {
      expect(counts(progress).slice(0, 2)).toEqual([epoch, 0]);
      for (const _ of progress.track([1, 2, 3]));
      seen.push(epoch);
    }
    expect(seen).toEqual([2, 3]);
    expect(counts(progress)).toEqual([3, 3, 6]);
  });

  it('counts several passes of one epoch together', () => {
    const progress = new ProgressTracker();
    for (const _ of progress.epochs(1)) {
      for (const _ of progress.track([1, 2]));
      for (const _ of progress.track([1, 2, 3]));
    }
    expect(counts(progress)).toEqual([0, 5, 5]);
  });

  it('yields nothing from beyond the end', () => {
    const { display, events } = recordingDisplay();
    const progress = new ProgressTracker({ display });
    expect([
      ...progress.epochs(3, { from: 3 }),
      ...progress.epochs(3, { from: 7 }),
      ...progress.epochs(0),
    ]).toEqual([]);
    expect(events).toEqual([]);
  });

  it('starts again where it is called again, as any loop does', () => {
    const progress = new ProgressTracker();
    for (const epoch of progress.epochs(3)) if (epoch === 1) break;
    expect([...progress.epochs(2)]).toEqual([0, 1]);
  });

  it('refuses epochs that are not integers', () => {
    const progress = new ProgressTracker();
    const start = '[loopwright/progress] ProgressTracker.epochs: ';
    expect(() => progress.epochs(3, { from: 0.5 })).toThrow(
      `${start}from must be an integer at least 0, got 0.5`,
    );
    expect(() => progress.epochs(3, { from: null as never })).toThrow(`${start}from must be an integer`);
    expect(() => progress.epochs(-1)).toThrow(`${start}end must be an integer at least 0, got -1`);
    expect(() => progress.epochs(3, { start: 1 } as never)).toThrow(`${start}unknown option "start"`);
  });
});

describe('a resumed ProgressTracker', () => {
  const epoch = (progress: ProgressTracker, items: number) => {
    for (const _ of progress.track(generate(Array.from({ length: items })))) progress.stateDict();
  };

  it('goes on as the uninterrupted one would', () =>
    expectStateful({
      make: () => new ProgressTracker(),
      makeOther: () => new ProgressTracker({ display: recordingDisplay().display }),
      advance: (progress, index) => epoch(progress, index + 1),
      observe: (progress) => [...counts(progress), progress.nextEpoch],
    }));

  it('starts with the epoch after the last one that was finished, and goes on counting', () => {
    const first = new ProgressTracker();
    let saved = first.stateDict();
    for (const number of first.epochs(5)) {
      epoch(first, 10);
      saved = first.stateDict();
      if (number === 2) break;
    }
    const second = new ProgressTracker();
    second.loadStateDict(saved);
    expect(counts(second)).toEqual([2, 10, 30]);
    const seen = [];
    for (const number of second.epochs(5)) {
      seen.push([number, second.iterationsInEpoch]);
      epoch(second, 10);
    }
    expect(seen).toEqual([
      [3, 0],
      [4, 0],
    ]);
    expect(counts(second)).toEqual([4, 10, 50]);
  });

  it('goes on in the middle of an epoch when the state was saved in the body, and counts nothing twice', () => {
    const batches = [0, 1, 2, 3, 4];
    const first = new ProgressTracker();
    let saved = first.stateDict();
    loop: for (const number of first.epochs(3)) {
      for (const batch of first.track(batches)) {
        saved = first.stateDict();
        if (number === 1 && batch === 2) break loop;
      }
    }
    const { display, events } = recordingDisplay();
    const second = new ProgressTracker({ display });
    second.loadStateDict(saved);
    expect(second.nextEpoch).toBe(1);
    const seen: number[][] = [];
    for (const number of second.epochs(3, { from: second.nextEpoch })) {
      const left = generate(batches.slice(second.iterationsInEpoch)); // the loader's part
      for (const batch of second.track(left, { length: batches.length })) {
        if (number === 1) seen.push([batch, ...counts(second)]);
      }
    }
    expect(seen).toEqual([
      [3, 1, 4, 9],
      [4, 1, 5, 10],
    ]);
    expect(counts(second)).toEqual([2, 5, 15]);
    expect(events.slice(0, 6)).toEqual([
      'epochs 1 to 3',
      'epoch 1',
      'start train 3/5',
      'step train 3/5',
      'step train 4/5',
      'end train 5/5',
    ]);
  });

  it('goes on in the middle without epochs() too', () => {
    const first = new ProgressTracker();
    let saved = first.stateDict();
    for (const item of first.track([1, 2, 3])) if (item === 2) saved = first.stateDict();
    const second = new ProgressTracker();
    second.loadStateDict(saved);
    for (const _ of second.track([3]));
    expect(counts(second)).toEqual([0, 3, 3]);
    for (const _ of second.track([1]));
    expect(counts(second)).toEqual([1, 1, 4]);
  });

  it('starts an epoch afresh if the caller asks for another one than it stopped in', () => {
    const progress = new ProgressTracker();
    progress.loadStateDict({ version: 1, epoch: 1, nextEpoch: 1, iterationsInEpoch: 3, totalIterations: 8 });
    for (const _ of progress.epochs(3, { from: 2 })) expect(counts(progress)).toEqual([2, 0, 8]);
  });

  it('counts an epoch that was left by break as over, as a loader does', () => {
    const progress = new ProgressTracker();
    for (const _ of progress.epochs(1)) {
      for (const _ of progress.track([1, 2, 3])) break;
      expect(progress.nextEpoch).toBe(1);
    }
  });

  it('refuses impossible states and keeps its own', () => {
    const progress = new ProgressTracker();
    for (const _ of progress.track([1, 2]));
    const state = progress.stateDict();
    expect(() => progress.loadStateDict({ ...state, epoch: -1 })).toThrow(
      '[loopwright/progress] ProgressTracker: state.epoch must be an integer at least 0, got -1',
    );
    expect(() => progress.loadStateDict({ ...state, nextEpoch: 4 })).toThrow(
      'state.nextEpoch must be an integer at least 0 and at most 1, got 4',
    );
    expect(() => progress.loadStateDict({ ...state, totalIterations: '2' })).toThrow(
      'state.totalIterations must be',
    );
    expect(progress.stateDict()).toEqual(state);
  });
});

describe('what a display is told', () => {
  it('hears of epochs and passes with their known lengths', () => {
    const { display, events } = recordingDisplay();
    const progress = new ProgressTracker({ display });
    for (const _ of progress.epochs(1)) {
      for (const _ of progress.track(new Set(['a', 'b'])));
      for (const _ of progress.track(generate([1]), { count: false }));
    }
    expect(events).toEqual([
      'epochs 0 to 1',
      'epoch 0',
      'start train 0/2',
      'step train 0/2',
      'step train 1/2',
      'end train 2/2',
      'start evaluate 0/?',
      'step evaluate 0/?',
      'end evaluate 1/?',
      'end of epoch 0',
      'end of epochs',
    ]);
  });

  it('hears the end of a loop that was left by an error, innermost first', () => {
    const { display, events } = recordingDisplay();
    const progress = new ProgressTracker({ display });
    expect(() => {
      for (const _ of progress.epochs(2)) for (const _ of progress.track([1, 2])) throw new Error('body');
    }).toThrow('body');
    expect(events.slice(-2)).toEqual(['end train 0/2', 'end of epochs']);
  });
});
