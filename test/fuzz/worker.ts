/** Tries one parser in a thread of its own, so that one that hangs or uses up its memory can be ended. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import '@tensorflow/tfjs-backend-cpu';
import { env, setBackend } from '@tensorflow/tfjs-core';
import { type FuzzResult, fuzzTarget } from './fuzz-target.ts';
import { REGRESSIONS, readInputs, writeInput } from './regressions.ts';
import { targets } from './targets/index.ts';

/** What a thread is started with. */
export interface Round {
  readonly target: string;
  readonly inputs: number;
  readonly seed: number;
  /** Where findings and the corpus are kept. */
  readonly folder: string;
  /** The number of inputs so far, and the length of the one that is being read. */
  readonly counts: Int32Array;
  /** The input that is being read. */
  readonly current: Uint8Array;
}

/** What a thread tells. */
export type Message = { readonly finding: string; readonly path: string } | { readonly result: FuzzResult };

const round = workerData as Round;
const target = targets.find(({ name }) => name === round.target);
if (target === undefined) throw new Error(`there is no target ${round.target}`);
env().set('IS_TEST', true); // no banner that advises the native backend
await setBackend('cpu');
const corpus = join(round.folder, round.target, 'corpus');
const result = await fuzzTarget(target, {
  inputs: round.inputs,
  seed: round.seed,
  corpus: [...readInputs(join(REGRESSIONS, round.target)), ...readInputs(corpus)],
  onInput: (bytes) => {
    round.current.set(bytes);
    Atomics.store(round.counts, 1, bytes.length);
    Atomics.add(round.counts, 0, 1);
  },
  onNew: (bytes) => writeInput(corpus, bytes),
  onFinding: ({ problem, bytes }) => {
    const path = writeInput(join(round.folder, round.target, 'findings'), bytes);
    parentPort?.postMessage({ finding: problem, path } satisfies Message);
  },
});
parentPort?.postMessage({ result } satisfies Message);
