/**
 * The board over many long runs: until its page and its curves are there (`open`), a curve of all runs smoothed anew
 * (`curve`), and what is asked every second while a tenth of the runs grow (`refresh`). Server and client are one process.
 * @packageDocumentation
 */
import { appendFileSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveBoard } from '@loopwright/board';
import { readFlags } from './flags.ts';
import { measure, peakMemory, print } from './measure.ts';

const flags = readFlags({
  work: 'open' as 'open' | 'curve' | 'refresh',
  runs: 100,
  points: 100_000,
  seconds: 5,
});
const { runs, points, seconds } = flags;
/** As many as a card is wide, in pixels. */
const WIDTH = 400;
const GROWTH = 10;
const ROWS_PER_WRITE = 1000;

const folder = mkdtempSync(join(tmpdir(), 'loopwright-bench-board-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const logs = Array.from({ length: runs }, (_, run) => writeRun(run));
const started = performance.now();
const board = await serveBoard(folder, { port: 0 });

if (flags.work === 'open') await measureOpening();
else {
  const { ids } = await readEverything();
  let asked = 0;
  let written = points;
  const curve = async (): Promise<undefined> => {
    asked += 1;
    await curves(ids, asked / 100_000);
  };
  const refresh = async (): Promise<undefined> => {
    const growing = Math.ceil(runs / 10);
    for (const log of logs.slice(0, growing)) appendFileSync(log, rowsFrom(written + 1, GROWTH));
    written += GROWTH;
    // The board looks at the files at most every 0.4 seconds: wait until it does.
    await new Promise((resolve) => setTimeout(resolve, 400));
    const start = performance.now();
    await ask('api/runs');
    await curves(ids.slice(0, growing), 0.6);
    spent.push(performance.now() - start);
  };
  const spent: number[] = [];
  if (flags.work === 'curve') await measure({ step: curve, seconds });
  else {
    const setupMs = performance.now();
    const peakBeforeBytes = peakMemory();
    while (spent.length < 2 + seconds) await refresh();
    const [firstStepMs = 0, ...stepMs] = spent;
    print({ setupMs, firstStepMs, stepMs, peakBytes: peakMemory(), peakBeforeBytes });
  }
}
await board.close();

/** The first step is until the page and its list of runs are there, the second until all runs have been read. */
async function measureOpening(): Promise<void> {
  const peakBeforeBytes = peakMemory();
  for (const path of ['', 'style.css', 'vendor/echarts.js', 'api/runs']) await ask(path);
  const firstStepMs = performance.now() - started;
  const { ids, readMs } = await readEverything();
  await curves(ids, 0.6);
  print({ setupMs: started, firstStepMs, stepMs: [readMs], peakBytes: peakMemory(), peakBeforeBytes });
}

async function readEverything(): Promise<{ readonly ids: readonly string[]; readonly readMs: number }> {
  for (;;) {
    const answer = JSON.parse(await ask('api/runs')) as { runs: { id: string }[]; reading?: object };
    const readMs = performance.now() - started;
    if (answer.reading === undefined && answer.runs.length === runs)
      return { ids: answer.runs.map(({ id }) => id), readMs };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function curves(ids: readonly string[], smoothing: number): Promise<void> {
  await ask(`api/curves?tag=loss&axis=step&smoothing=${smoothing}&points=${WIDTH}&runs=${ids.join()}`);
}

async function ask(path: string): Promise<string> {
  const response = await fetch(board.url + path);
  if (!response.ok) throw new Error(`${response.status} for ${path}`);
  return response.text();
}

function writeRun(run: number): string {
  mkdirSync(join(folder, `run-${run}`));
  const path = join(folder, `run-${run}`, 'metrics.jsonl');
  const file = openSync(path, 'w');
  for (let step = 1; step <= points; step += ROWS_PER_WRITE) {
    writeSync(file, rowsFrom(step, Math.min(ROWS_PER_WRITE, points - step + 1)));
  }
  closeSync(file);
  return path;
}

function rowsFrom(first: number, count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const step = first + i;
    const loss = Math.fround(2 * Math.exp(-step / 30_000) + 0.1 * Math.random());
    return `{"step":${step},"seconds":${step / 8},"loss":${loss}}\n`;
  });
  return rows.join('');
}
