import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectStateful } from '@loopwright/test-utils';
import { matMul, ones, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { activeNativeBackend, insertLayer } from '../native/native-backend.ts';
import {
  algorithmChoices,
  algorithms,
  configureTuning,
  describeAlgorithms,
  fastestFor,
} from './algorithms.ts';
import { describeCall } from './call-shapes.ts';
import type { ConvolutionCall, MatrixProductCall } from './calls.ts';
import type { AlgorithmChoices, Tune } from './tune-options.ts';

let cache: string;
let written: string[];
const cacheBefore = process.env.XDG_CACHE_HOME;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'loopwright-cache-'));
  process.env.XDG_CACHE_HOME = cache;
  written = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  configureTuning('first-sight');
});
afterEach(() => {
  vi.restoreAllMocks();
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheBefore;
  rmSync(cache, { recursive: true, force: true });
  configureTuning('first-sight');
});

/** A 3×3 convolution of a 2×2 map, and one that is like it but for the batch. */
const call = convolution(16);
const other = convolution(17);
const name = describeCall(call);

it('measures a call once in all candidates, says so, and keeps it for the next process', () => {
  const before = activeNativeBackend()?.binding.getNumOfTensors();
  const { name: taken, milliseconds } = fastestFor(call);
  fastestFor(call);
  expect(written).toEqual([
    expect.stringMatching(/^Loopwright: timing algorithms .* for 60 s at most: kept in /),
  ]);
  expect(activeNativeBackend()?.binding.getNumOfTensors()).toBe(before);

  const [report, ...more] = describeAlgorithms();
  expect(more).toEqual([]);
  expect(report).toMatchObject({ call: name, taken });
  expect(Object.keys(report?.milliseconds ?? {}).sort()).toEqual(['dense', 'native', 'patches', 'windows']);
  expect(report?.milliseconds[taken]).toBe(milliseconds);
  expect(algorithmChoices()).toEqual({ version: 1, choices: { [name]: { algorithm: taken, milliseconds } } });

  configureTuning('first-sight'); // forgets, as a new process would
  expect(algorithmChoices()).toEqual({ version: 1, choices: {} });
  expect(fastestFor(call)).toMatchObject({ name: taken, milliseconds });
  expect(written).toHaveLength(1);
});

it('measures below the layers, where a recording does not see it', () => {
  const seen: string[] = [];
  const remove = insertLayer('recording', (next) => ({
    executeOp: (op, ...rest) => {
      seen.push(op);
      return next.executeOp(op, ...rest);
    },
  }));
  fastestFor(call);
  remove();
  expect(seen).toEqual([]);
});

it('takes TensorFlow’s own without measuring where it is off, where a call is small, and where the budget is spent', () => {
  configureTuning('off');
  expect(fastestFor(call)).toMatchObject({ name: 'native', milliseconds: undefined });
  expect(describeAlgorithms()).toEqual([]);

  configureTuning({ budgetMs: 0 });
  expect(fastestFor(call)).toMatchObject({ name: 'native', milliseconds: undefined });
  expect(written).toEqual([]);

  configureTuning({ budgetMs: 1e-3 });
  const small: MatrixProductCall = {
    operation: 'BatchMatMul',
    a: [10, 10],
    b: [10, 10],
    transposeA: false,
    transposeB: false,
    dtype: 'float32',
  };
  expect(fastestFor(small)).toMatchObject({ name: 'native', milliseconds: undefined });
  expect(fastestFor(call).milliseconds).toBeGreaterThan(0);
  expect(fastestFor(other)).toMatchObject({ name: 'native', milliseconds: undefined });
  expect(written[1]).toContain('has taken its time');
});

it('makes choices again, from a run, from a file and as a part of a state, and measures what is new', () => {
  const choices = chosen('patches', 0.5);
  const file = join(cache, 'choices.json');
  writeFileSync(file, JSON.stringify(choices));
  for (const from of [choices, file]) {
    configureTuning({ from });
    expect(algorithmChoices()).toEqual(choices);
    expect(fastestFor(call)).toMatchObject({ name: 'patches', milliseconds: 0.5 });
    expect(written).toEqual([]);
  }
  expect(fastestFor(other).milliseconds).toBeGreaterThan(0);
  expect(Object.keys(algorithmChoices().choices)).toEqual([name, describeCall(other)]);

  const state = algorithms.stateDict();
  configureTuning('first-sight');
  algorithms.loadStateDict(state);
  expect(fastestFor(call).name).toBe('patches');
});

it('is a part of a run like others', () =>
  expectStateful({
    make: () => {
      configureTuning({ budgetMs: 0 });
      return algorithms;
    },
    makeOther: () => algorithms,
    advance: (_, index) => void fastestFor(convolution(20 + index)),
    observe: algorithmChoices,
  }));

it.each<[string, unknown, string]>([
  ['an unknown mode', 'always', 'tune must be one of "first-sight", "off", got "always"'],
  ['an unknown option', { budget: 1 }, 'unknown option "budget" (did you mean budgetMs?)'],
  ['a negative budget', { budgetMs: -1 }, 'tune.budgetMs must be a finite number at least 0, got -1'],
  [
    'a file that is missing',
    { from: '/nowhere/choices.json' },
    'tune.from: the choices in /nowhere/choices.json',
  ],
  ['an unknown version', { from: { version: 2, choices: {} } }, 'version'],
  [
    'an unknown algorithm',
    { from: chosen('quick') },
    `the algorithm of the choice for "${name}" must be one of "native"`,
  ],
  ['no choice', { from: { version: 1, choices: { [name]: 3 } } }, 'got 3'],
  ['a negative time', { from: chosen('dense', -1) }, `milliseconds of the choice for "${name}"`],
])('refuses %s and keeps what is set', (_, tune, message) => {
  configureTuning({ from: chosen('windows') });
  expect(() => configureTuning(tune as Tune)).toThrow(message);
  expect(() => configureTuning(tune as Tune)).toThrow('[loopwright/tensorflow] accelerate: ');
  expect(fastestFor(call).name).toBe('windows');
});

it('says where a choice does not fit its call', () => {
  configureTuning({ from: chosen('folded') });
  expect(() => fastestFor(call)).toThrow(`the algorithm "folded" cannot compute "${name}"`);
});

it('goes on with one line where it cannot keep its results', () => {
  writeFileSync(join(cache, 'loopwright'), 'a file where the folder would be');
  expect(fastestFor(call).milliseconds).toBeGreaterThan(0);
  expect(fastestFor(other).milliseconds).toBeGreaterThan(0);
  expect(written.filter((line) => line.includes('cannot keep its results'))).toHaveLength(1);
});

it('keeps readable files, and measures again what does not fit in them', () => {
  fastestFor(call);
  const path = /kept in (.*\.json)/.exec(written[0] ?? '')?.[1] ?? '';
  const { machine, timings } = JSON.parse(readFileSync(path, 'utf8'));
  expect(machine.tensorflow).toMatch(/^\d+\.\d+/);
  expect(Object.keys(timings)).toEqual([name]);

  writeFileSync(path, JSON.stringify({ machine, timings: { [name]: { native: 2, quick: 1 } } }));
  configureTuning('first-sight');
  expect(fastestFor(call).name).not.toBe('quick');
  expect(written).toHaveLength(2);
});

it('leaves the backend as it is for all else', () => {
  expect(tidy(() => matMul(ones([2, 2]), ones([2, 2])).dataSync()[0])).toBe(2);
});

function chosen(algorithm: string, milliseconds: number | null = null): AlgorithmChoices {
  return { version: 1, choices: { [name]: { algorithm, milliseconds } } };
}

function convolution(batch: number): ConvolutionCall {
  return {
    operation: 'Conv2D',
    input: [batch, 2, 2, 64],
    filter: [3, 3, 64, 64],
    output: [batch, 2, 2, 64],
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 1, bottom: 1, left: 1, right: 1 },
    dtype: 'float32',
  };
}
