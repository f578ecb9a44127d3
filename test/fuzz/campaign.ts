import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FuzzResult } from './fuzz-target.ts';
import { writeInput } from './regressions.ts';
import type { Message, Round } from './worker.ts';

/** Inputs of one thread; then progress is written down, and another one goes on. */
const ROUND = 50_000;
/** A parser that has read at one input for so many milliseconds hangs. */
const HANG = 20_000;
const LARGEST_INPUT = 2 ** 18;
const MEGABYTES = 1024;

/** A thread does not inherit what lets this one import TypeScript. */
const ENTRY = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('worker.ts', import.meta.url))});
});`;

/** What came of one parser in all rounds. */
export interface Progress extends FuzzResult {
  readonly rounds: number;
}

/** How to try one parser. */
export interface CampaignOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Goes on with what is written there. */
  readonly folder: string;
  say(line: string): void;
}

/** Tries a parser in rounds until it has read so many inputs. */
export async function campaign(target: string, options: CampaignOptions): Promise<Progress> {
  const file = join(options.folder, target, 'progress.json');
  mkdirSync(join(options.folder, target), { recursive: true });
  let progress = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Progress)
    : { inputs: 0, outcomes: 0, slowest: 0, findings: 0, rounds: 0 };
  while (progress.inputs < options.inputs) {
    const inputs = Math.min(ROUND, options.inputs - progress.inputs);
    // Rounds of other seeds: each begins with the corpus of those before.
    const result = await runRound(target, {
      ...options,
      inputs,
      seed: options.seed + 1000 * progress.rounds,
    });
    progress = {
      inputs: progress.inputs + result.inputs,
      outcomes: Math.max(progress.outcomes, result.outcomes),
      slowest: Math.max(progress.slowest, result.slowest),
      findings: progress.findings + result.findings,
      rounds: progress.rounds + 1,
    };
    writeFileSync(file, `${JSON.stringify(progress)}\n`);
    options.say(
      `${target}: ${progress.inputs} inputs, ${progress.outcomes} outcomes, ${progress.findings} findings`,
    );
  }
  return progress;
}

function runRound(target: string, { inputs, seed, folder, say }: CampaignOptions): Promise<FuzzResult> {
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const current = new Uint8Array(new SharedArrayBuffer(LARGEST_INPUT));
  const round: Round = { target, inputs, seed, folder, counts, current };
  const worker = new Worker(ENTRY, {
    eval: true,
    workerData: round,
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  });
  return new Promise((resolve, reject) => {
    let isOver = false;
    let findings = 0;
    const give = (result: FuzzResult) => {
      isOver = true;
      clearInterval(watch);
      void worker.terminate().then(() => resolve(result));
    };
    /** The input that is being read is the finding, and the round ends with it. */
    const abandon = (problem: string) => {
      if (isOver) return;
      if (Atomics.load(counts, 0) === 0) reject(new Error(`${target}: ${problem}, before the first input`));
      const bytes = current.slice(0, Atomics.load(counts, 1));
      say(`${target}: ${problem}: ${writeInput(join(folder, target, 'findings'), bytes)}`);
      give({ inputs: Math.max(1, Atomics.load(counts, 0)), outcomes: 0, slowest: 0, findings: findings + 1 });
    };
    let last = -1;
    const watch = setInterval(() => {
      const count = Atomics.load(counts, 0);
      if (count === last && count > 0) abandon(`hangs for ${HANG} ms and more`);
      last = count;
    }, HANG);
    worker.on('message', (message: Message) => {
      if ('result' in message) {
        give(message.result);
        return;
      }
      findings++;
      say(`${target}: ${message.finding}: ${message.path}`);
    });
    worker.on('error', (error) => abandon(`the thread has died: ${error.stack ?? error.message}`));
    worker.on('exit', (code) => abandon(`the thread has ended with ${code}`));
  });
}
