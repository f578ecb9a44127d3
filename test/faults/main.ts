/**
 * Tries to break a training run, and says what came of it. `npm run faults -- --kills 1000`
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killTest } from './kill-test.ts';
import { soak } from './soak.ts';

const USAGE = `usage: npm run faults -- (--kills N | --soak N [--errors SHARE]) [--seed N] [--folder FOLDER]
  --kills N        kill a training process N times, and resume it each time; goes on in a folder that it was given before
  --soak N         train for N steps, and look at the memory that is held
  --errors SHARE   throw an error in that share of the steps
  --seed N         of the moments; 1 by default
  --folder FOLDER  where the runs are made; a temporary one by default`;

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { kills: string, soak: string, errors: string, seed: string, folder: string },
});
const count = (text: string | undefined, otherwise: number) =>
  text === undefined ? otherwise : Number(text);
const seed = count(values.seed, 1);
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'loopwright-faults-'));

if (values.kills !== undefined) {
  const report = await killTest({ kills: count(values.kills, 0), seed, folder, say: console.log });
  console.log(JSON.stringify(report, null, 2));
} else if (values.soak !== undefined) {
  const options = { steps: count(values.soak, 0), errors: count(values.errors, 0), seed, folder };
  const { thrown, moreTensors, moreMegabytes } = await soak({ ...options, say: console.log });
  console.log(JSON.stringify({ thrown, moreTensors, moreMegabytes }));
} else {
  console.error(USAGE);
  process.exitCode = 2;
}
