/**
 * Reads a great many broken files with every parser, and says what came of it. `npm run fuzz -- --inputs 1000000`
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { campaign, type Progress } from './campaign.ts';
import { targets } from './targets/index.ts';

const USAGE = `usage: npm run fuzz -- --inputs N [--only NAME] [--seed N] [--folder FOLDER]
  --inputs N       how many inputs each parser reads
  --only NAME      only this parser: ${targets.map(({ name }) => name).join(', ')}
  --seed N         of the changes; 1 by default
  --folder FOLDER  for findings and progress; goes on in one that it was given before; a temporary one by default`;

const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: { inputs: string, only: string, seed: string, folder: string },
});
const inputs = Number(values.inputs);
const chosen = targets.filter(({ name }) => values.only === undefined || name === values.only);

if (inputs > 0 && chosen.length > 0) {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'loopwright-fuzz-'));
  const seed = Number(values.seed ?? 1);
  const rows: (Progress & { readonly target: string })[] = [];
  for (const { name } of chosen) {
    const progress = await campaign(name, { inputs, seed, folder, say: console.log });
    rows.push({ target: name, ...progress, slowest: Math.round(progress.slowest) });
  }
  console.table(rows, ['target', 'inputs', 'outcomes', 'slowest', 'findings']);
  console.log(`what was found lies in ${folder}`);
  process.exitCode = rows.some(({ findings }) => findings > 0) ? 1 : 0;
} else {
  console.error(USAGE);
  process.exitCode = 2;
}
