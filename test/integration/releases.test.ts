/** A checkpoint that a release has written loads for ever, whatever its parts, and goes on as it would have then. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as averaging from '@loopwright/averaging';
import { CheckpointSaver } from '@loopwright/checkpoint';
import manifest from '@loopwright/checkpoint/package.json' with { type: 'json' };
import * as core from '@loopwright/core';
import * as data from '@loopwright/data';
import * as guards from '@loopwright/guards';
import * as logging from '@loopwright/logging';
import * as metrics from '@loopwright/metrics';
import * as optimizers from '@loopwright/optimizers';
import * as progress from '@loopwright/progress';
import * as schedulers from '@loopwright/schedulers';
import { expectNoLeak } from '@loopwright/test-utils';
import glob from 'fast-glob';
import { expect, it } from 'vitest';
import { SAVED_AFTER, SEEN_AFTER, type Subject, subjects } from '../regression/releases/parts.ts';
import { type Golden, runOf } from '../regression/releases/run-of.ts';

const releases = fileURLToPath(new URL('../regression/releases', import.meta.url));
const files = glob.sync('*/golden.json', { cwd: releases });

it('the release that is being worked on has kept one', () => {
  expect(existsSync(join(releases, manifest.version, 'golden.json'))).toBe(true);
});

it.each(files)('%s loads and goes on', async (file) => {
  const golden: Golden = JSON.parse(readFileSync(join(releases, file), 'utf8'));
  await expectNoLeak(async () => {
    const made: Record<string, Subject> = {};
    for (const name of Object.keys(golden.observed)) {
      made[name] = (subjects[name] as () => Subject)();
      made[name].provide?.();
    }
    await load(golden, made);
    for (const [name, { advance, observe, dispose }] of Object.entries(made)) {
      for (let step = SAVED_AFTER; step < SEEN_AFTER; step++) await advance(step);
      // Other machines round sines and sums otherwise.
      expectNear(JSON.parse(JSON.stringify(await observe()) ?? 'null'), golden.observed[name], name);
      dispose?.();
    }
  });
});

async function load(golden: Golden, made: Readonly<Record<string, Subject>>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-release-'));
  for (const [path, contents] of Object.entries(golden.files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), Buffer.from(contents, 'base64'));
  }
  const saver = new CheckpointSaver(folder);
  await saver.load(0, runOf(made));
  rmSync(folder, { recursive: true });
}

function expectNear(actual: unknown, expected: unknown, what: string): void {
  if (typeof expected === 'number') {
    expect(actual, what).toBeCloseTo(expected, 5);
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(actual as object), what).toEqual(Object.keys(expected));
    for (const [key, value] of Object.entries(expected)) {
      expectNear((actual as Record<string, unknown>)[key], value, `${what}/${key}`);
    }
  } else {
    expect(actual, what).toEqual(expected);
  }
}

it('every class that has state is among them', () => {
  const packages = { averaging, core, data, guards, logging, metrics, optimizers, progress, schedulers };
  const made = Object.values(subjects).map((make) => make());
  const parts = made.flatMap((subject) => Object.values(subject.parts));
  const missing = Object.values(packages)
    .flatMap((exports) => Object.entries(exports))
    .filter(([, value]) => typeof value === 'function' && core.isStateful(value.prototype))
    .filter(([, type]) => !parts.some((part) => part instanceof (type as new () => object)))
    .map(([name]) => name);
  for (const { dispose } of made) dispose?.();
  expect(missing).toEqual([]);
});
