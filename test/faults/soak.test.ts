/** Some hundred steps of the full loop leave nothing behind; `npm run faults -- --soak 10000` is the same for longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '@loopwright/tensorflow';
import { expect, it } from 'vitest';
import { soak } from './soak.ts';

it.each([0, 0.2])(
  'a long run holds no more at its end, with errors in a share of %d of its steps',
  async (errors) => {
    const folder = mkdtempSync(join(tmpdir(), 'loopwright-soak-'));
    const before = tf.memory().numTensors;
    const report = await soak({ steps: 400, folder, errors });
    rmSync(folder, { recursive: true });
    expect(report.steps).toBe(400);
    expect(report.moreTensors).toBe(0);
    for (const count of Object.values(report.thrown)) expect(count > 0).toBe(errors > 0);
    expect(tf.memory().numTensors).toBe(before);
  },
  600_000,
);
