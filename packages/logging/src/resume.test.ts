import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csv, type FileSink, jsonLines } from './index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-log-'));
  path = join(folder, 'metrics');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = () => readFileSync(path, 'utf8');

/** All sinks that can be parts of a run; a new one is one row. */
const registry: Record<string, (path: string) => FileSink> = {
  jsonLines: (path) => jsonLines(path, { existing: 'resume' }),
  csv: (path) => csv(path, { existing: 'resume' }),
  'csv with columns': (path) => csv(path, { columns: ['epoch'], existing: 'resume' }),
};

/** Steps, and after every third one an epoch, whose record has other names. */
function write(sink: FileSink, from: number, until: number): void {
  for (let step = from; step < until; step++) {
    sink.next({ step, note: step === 4 ? '' : 'a, "b"' });
    if (step % 3 === 2) sink.next({ epoch: (step - 2) / 3, loss: 1 / step });
  }
}

describe.each(Object.entries(registry))('%s as a part of a run', (_, make) => {
  const whole = () => {
    const sink = make(path);
    write(sink, 0, 9);
    sink.close();
    const written = text();
    rmSync(path);
    return written;
  };

  it.each([0, 1, 2, 3, 7])('saved after %i steps and killed later, ends as if never interrupted', (saved) => {
    const expected = whole();
    const killed = make(path);
    write(killed, 0, saved);
    const state = structuredClone(killed.stateDict());
    write(killed, saved, 8);
    const resumed = make(path);
    resumed.loadStateDict(state);
    expect(resumed.stateDict(), 'a state survives being loaded').toEqual(state);
    write(resumed, saved, 9);
    resumed.close();
    expect(text()).toBe(expected);
  });

  it('killed before the first save, starts anew', () => {
    const expected = whole();
    write(make(path), 0, 4);
    write(make(path), 0, 9);
    expect(text()).toBe(expected);
  });

  it('touches nothing before the next record, so a load that is taken back loses none', () => {
    const sink = make(path);
    write(sink, 0, 2);
    const early = sink.stateDict();
    write(sink, 2, 5);
    const before = text();
    const late = sink.stateDict();
    sink.loadStateDict(early);
    sink.loadStateDict(late);
    sink.close();
    expect(text()).toBe(before);
    make(path).stateDict();
    expect(text()).toBe(before);
  });

  it('refuses a file of which a part is missing, and starts anew where it was moved away', () => {
    const sink = make(path);
    write(sink, 0, 6);
    const state = sink.stateDict();
    sink.close();
    writeFileSync(path, text().split('\n').slice(0, 2).join('\n').concat('\n'));
    const short = make(path);
    expect(() => short.loadStateDict(state)).toThrow(
      /"[^"]*metrics" has \d+ \w+, but had \d+ when the run was/,
    );
    rmSync(path);
    const fresh = make(path);
    fresh.loadStateDict(state);
    fresh.next({ step: 6, note: 'x' });
    expect(text()).toContain('x');
  });

  it('loads strictly, and refuses unknown options', () => {
    const sink = make(path);
    write(sink, 0, 3);
    const state = sink.stateDict();
    for (const bad of [{ ...state, version: 2 }, { ...state, surplus: 1 }, { version: 1 }]) {
      expect(() => sink.loadStateDict(bad)).toThrow(/^\[loopwright\/logging\]/);
    }
    expect(sink.stateDict()).toEqual(state);
  });
});

it('names an option that is not known, and a value that is not', () => {
  expect(() => jsonLines(path, { existing: 'cut' as never })).toThrow('existing must be one of');
  expect(() => csv(path, { exists: 'resume' } as never)).toThrow('unknown option "exists"');
});
