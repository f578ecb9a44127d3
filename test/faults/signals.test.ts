/** A training process is asked to stop, as by Ctrl-C or by a scheduler, and goes on later as if it had not been. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointsOf, type Outcome, outcomeOf } from './outcome.ts';
import { TrainingProcess } from './training-process.ts';

const OPTIONS = ['--epochs', '2'];
const patience = 300_000;

let folder: string;
let whole: Outcome;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-signals-'));
  expect((await train('whole').ended).code).toBe(0);
  whole = await outcomeOf(join(folder, 'whole'));
}, patience);
afterAll(() => rmSync(folder, { recursive: true }));

const train = (name: string, ...args: string[]) =>
  new TrainingProcess(['--run', join(folder, name), ...OPTIONS, ...args]);

/** Sends signals, the second so many milliseconds after the first, when a step begins. */
function signalAt(
  process: TrainingProcess,
  step: number,
  signals: readonly NodeJS.Signals[],
  pauseMs = 0,
): void {
  let isSent = false;
  process.watch(() => {
    if (isSent || process.doings.phase !== 'training' || process.doings.step < step) return;
    isSent = true;
    const [first, second] = signals;
    if (first !== undefined) process.kill(first);
    if (second !== undefined) setTimeout(() => process.kill(second), pauseMs);
  });
}

describe('a training process', () => {
  it.each([
    ['SIGINT', 130, 4],
    ['SIGTERM', 143, 13],
  ] as const)(
    'finishes its step after %s, saves, exits with %i, and goes on as if nothing had been',
    async (signal, code, step) => {
      const process = train(signal);
      signalAt(process, step, [signal]);
      const ending = await process.ended;
      expect(ending.output).toBe('');
      expect([ending.code, ending.signal]).toEqual([code, null]);
      const saved = await checkpointsOf(join(folder, signal)).findLast();
      expect(saved?.epoch).toBeGreaterThanOrEqual(step);
      expect(saved?.epoch, 'it does not go on for long').toBeLessThan(step + 5);
      expect((await train(signal).ended).code).toBe(0);
      expect(await outcomeOf(join(folder, signal))).toEqual(whole);
    },
    patience,
  );

  it(
    'takes a signal and its echo for one',
    async () => {
      const process = train('echo');
      signalAt(process, 4, ['SIGINT', 'SIGINT'], 5);
      expect((await process.ended).code).toBe(130);
    },
    patience,
  );

  it(
    'ends at once at the second signal, also in the middle of a save, and loses nothing by it',
    async () => {
      const process = train('second', '--slow-files', '400');
      signalAt(process, 5, ['SIGINT', 'SIGTERM'], 600);
      const ending = await process.ended;
      expect([ending.code, ending.signal]).toEqual([null, 'SIGTERM']);
      for (const checkpoint of await checkpointsOf(join(folder, 'second')).list()) {
        await checkpointsOf(join(folder, 'second')).verify(checkpoint);
      }
      expect((await train('second').ended).code).toBe(0);
      expect(await outcomeOf(join(folder, 'second'))).toEqual(whole);
    },
    patience,
  );
});

describe('exit', () => {
  it.each(['for (;;);', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'])(
    'does not wait for a thread that runs %s',
    (work) => {
      const program = `
        import { Worker } from 'node:worker_threads';
        import { stopRequest } from '@loopwright/guards';
        const stop = stopRequest();
        new Worker(${JSON.stringify(work)}, { eval: true }).on('online', () => process.kill(process.pid, 'SIGTERM'));
        setInterval(() => stop.requested && stop.exit(), 1);
      `;
      const args = ['--import', import.meta.resolve('tsx'), '--conditions=loopwright-source'];
      const { status, stderr } = spawnSync(
        process.execPath,
        [...args, '--input-type=module', '-e', program],
        {
          encoding: 'utf8',
          timeout: 60_000,
        },
      );
      expect(stderr).toBe('');
      expect(status).toBe(143);
    },
    patience,
  );
});
