import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard, MetricStream } from '@loopwright/metrics';
import { expectNoLeak } from '@loopwright/test-utils';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { config } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jsonLines } from './index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-json-lines-'));
  path = join(folder, 'metrics.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  config.onUnhandledError = null;
});

const text = () => readFileSync(path, 'utf8');

describe('jsonLines', () => {
  it('writes the records of a stream, tensors and all', () =>
    expectNoLeak(() => {
      const metrics = new MetricStream();
      metrics.subscribe(jsonLines(path));
      tidy(() => metrics.next({ step: 1, 'train.loss': scalar(0.5), phase: 'train' }));
      metrics.complete();
      expect(text()).toBe('{"step":1,"train.loss":0.5,"phase":"train"}\n');
    }));

  it('has strings for the numbers that JSON has not', () => {
    const sink = jsonLines(path);
    sink.next({ a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY });
    sink.close();
    expect(text()).toBe('{"a":"NaN","b":"Infinity","c":"-Infinity"}\n');
  });

  it.each([
    ['a line cut off by a crash', '{"step":1}\n{"step":2,"lo', '{"step":1}\n'],
    ['a first line cut off', '{"st', ''],
    ['a number cut off', '{"step":1}\n12', '{"step":1}\n'],
    ['zeros left by a loss of power', '{"step":1}\n\0\0\0\0', '{"step":1}\n'],
    [
      'a cut through a character',
      Buffer.concat([Buffer.from('{"a":"ä"}\n{"a":"'), Buffer.of(0xc3)]),
      '{"a":"ä"}\n',
    ],
    ['a lost line end alone', '{"step":1}\n{"step":2}', '{"step":1}\n{"step":2}\n'],
    ['nothing', '{"step":1}\n', '{"step":1}\n'],
  ])('repairs %s on opening, and goes on', (_, before, after) => {
    writeFileSync(path, before);
    const sink = jsonLines(path);
    expect(text()).toBe(after);
    sink.next({ step: 3 });
    sink.close();
    expect(text()).toBe(`${after}{"step":3}\n`);
  });

  it('finds the start of a torn line that is longer than one read', () => {
    writeFileSync(path, `{"step":1}\n{"text":"${'x'.repeat(200_000)}`);
    jsonLines(path).close();
    expect(text()).toBe('{"step":1}\n');
  });

  it('appends to what another process has added meanwhile', () => {
    const sink = jsonLines(path);
    sink.next({ step: 1 });
    appendFileSync(path, '{"step":2}\n');
    sink.next({ step: 3 });
    sink.close();
    expect(text()).toBe('{"step":1}\n{"step":2}\n{"step":3}\n');
  });

  it.runIf(process.platform === 'linux')(
    'names the path when the disk is full, in and out of a stream',
    async () => {
      const full = '/dev/full';
      const sink = jsonLines(full);
      expect(() => sink.next({ step: 1 })).toThrow(
        '[loopwright/logging] jsonLines: cannot write "/dev/full": ENOSPC',
      );

      const metrics = new MetricStream();
      const unhandled: unknown[] = [];
      config.onUnhandledError = (error) => unhandled.push(error);
      const warnings: unknown[] = [];
      metrics.subscribe(jsonLines(full));
      metrics.subscribe(guard(jsonLines(full), (error) => warnings.push(error)));
      metrics.subscribe(jsonLines(path));
      metrics.next({ step: 1 });
      expect(text()).toBe('{"step":1}\n');
      expect(String(warnings)).toContain('cannot write "/dev/full"');
      await vi.waitFor(() => expect(String(unhandled)).toContain('cannot write "/dev/full"'));
    },
  );

  it('closes the file and passes the error on when the stream fails', async () => {
    const unhandled: unknown[] = [];
    config.onUnhandledError = (error) => unhandled.push(error);
    const metrics = new MetricStream();
    const sink = jsonLines(path);
    metrics.subscribe(sink);
    metrics.error(new Error('upstream'));
    expect(() => sink.next({ step: 1 })).toThrow('is closed');
    await vi.waitFor(() => expect(unhandled).toEqual([new Error('upstream')]));
  });

  it('refuses an empty path', () => {
    expect(() => jsonLines('')).toThrow(
      '[loopwright/logging] jsonLines: path must be a non-empty string, got ""',
    );
  });
});
