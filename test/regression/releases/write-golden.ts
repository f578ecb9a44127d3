/**
 * Writes a checkpoint of one of every kind of part, which later releases must load for ever, to `RELEASE/golden.json`, with
 * the release that the packages say. One that exists is never overwritten.
 *
 *   LOOPWRIGHT_TUNE=off node --import tsx --conditions=loopwright-source test/regression/releases/write-golden.ts
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CheckpointSaver } from '@loopwright/checkpoint';
import manifest from '@loopwright/checkpoint/package.json' with { type: 'json' };
import { SAVED_AFTER, SEEN_AFTER, subjects } from './parts.ts';
import { type Golden, runOf } from './run-of.ts';

const made = Object.fromEntries(Object.entries(subjects).map(([name, make]) => [name, make()]));
for (const { advance } of Object.values(made)) {
  for (let step = 0; step < SAVED_AFTER; step++) await advance(step);
}

const folder = mkdtempSync(join(tmpdir(), 'loopwright-release-'));
const saver = new CheckpointSaver(folder);
const { name, path } = await (await saver.save(0, runOf(made), { loss: 0.5 })).written();
await saver.close();
const files = Object.fromEntries(
  readdirSync(path).map((file) => [`${name}/${file}`, readFileSync(join(path, file), 'base64')]),
);
rmSync(folder, { recursive: true });

const observed: Record<string, unknown> = {};
for (const [name, { advance, observe, dispose }] of Object.entries(made)) {
  for (let step = SAVED_AFTER; step < SEEN_AFTER; step++) await advance(step);
  observed[name] = await observe();
  dispose?.();
}

const release = manifest.version;
const golden: Golden = { release, files, observed };
const place = fileURLToPath(new URL(`${release}/`, import.meta.url));
mkdirSync(place, { recursive: true });
writeFileSync(join(place, 'golden.json'), `${JSON.stringify(golden, undefined, 1)}\n`, { flag: 'wx' });
