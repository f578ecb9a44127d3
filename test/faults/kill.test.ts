/** A dozen kills of a real training process; `npm run faults -- --kills 1000` is the same for longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { killTest } from './kill-test.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-kills-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a run that is killed again and again ends as the uninterrupted one', async () => {
  const report = await killTest({ kills: 12, seed: 7, folder });
  expect(report.kills).toBe(12);
  expect(report.finished).toBeGreaterThan(0);
  expect(report.resumes).toBeGreaterThan(3);
  expect(report.verified).toBeGreaterThan(6);
}, 600_000);
