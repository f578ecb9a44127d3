import { RandomStream } from '@loopwright/core';
import { memory } from '@tensorflow/tfjs-core';
import { mutate, pick } from './mutate.ts';
import { shapeOfError, shapeOfResult } from './outcome.ts';
import { bytesOf, isRefusal, type Target } from './target.ts';

/** Milliseconds that a parser may take for one input, of at most 128 KiB. */
const SLOW = 1000;
/** Bytes by which JavaScript's memory may grow in one input. */
const LARGE = 2 ** 28;
/** Among all that is new, only so many are changed further. */
const LARGEST_CORPUS = 2000;
/** Understood by most of the formats, or misunderstood. */
const COMMON_TOKENS = [
  '__proto__',
  'constructor',
  'toString',
  '../',
  '/',
  '\0',
  '\n',
  '[',
  '{',
  '"',
  '\xff\xff',
];

/** An input that a parser must take or refuse, and did something else with. */
export interface Finding {
  readonly problem: string;
  readonly bytes: Uint8Array;
}

/** What came of one parser. */
export interface FuzzResult {
  readonly inputs: number;
  /** Kinds of results and of refusals. */
  readonly outcomes: number;
  /** Milliseconds that the slowest input took. */
  readonly slowest: number;
  readonly findings: number;
}

/** How to try a parser. */
export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Inputs that earlier tries found worth keeping. */
  readonly corpus?: readonly Uint8Array[];
  /** Called with each input before it is read. */
  onInput?(bytes: Uint8Array): void;
  /** Called with each input that had an outcome of a new kind. */
  onNew?(bytes: Uint8Array): void;
  /** Called with the first finding of each kind. */
  onFinding(finding: Finding): void;
}

/** Reads the seeds, what is already known, and mutants of both; those with an outcome of a new kind are changed further. */
export async function fuzzTarget(target: Target, options: FuzzOptions): Promise<FuzzResult> {
  const stream = new RandomStream('fuzz', target.name, options.seed);
  const dictionary = [...COMMON_TOKENS, ...(target.dictionary ?? [])].map(bytesOf);
  const known = [...(await target.seeds()), ...(options.corpus ?? [])];
  const corpus: Uint8Array[] = [];
  const outcomes = new Set<string>();
  const problems = new Set<string>();
  let slowest = 0;
  for (let input = 0; input < options.inputs; input++) {
    const bytes = known[input] ?? nextInput(target, corpus, dictionary, stream);
    options.onInput?.(bytes);
    const { outcome, problem, milliseconds } = await tryInput(target, bytes);
    slowest = Math.max(slowest, milliseconds);
    if (problem !== undefined && !problems.has(outcome)) {
      problems.add(outcome);
      options.onFinding({ problem, bytes });
    }
    if (input < known.length || (!outcomes.has(outcome) && corpus.length < LARGEST_CORPUS))
      corpus.push(bytes);
    if (!outcomes.has(outcome) && input >= known.length) options.onNew?.(bytes);
    outcomes.add(outcome);
  }
  return { inputs: options.inputs, outcomes: outcomes.size, slowest, findings: problems.size };
}

/** What came of one input. */
export interface Attempt {
  /** Its kind. */
  readonly outcome: string;
  /** What is wrong with that; undefined if nothing is. */
  readonly problem?: string | undefined;
  readonly milliseconds: number;
}

/** Reads one input, and looks at what that leaves behind. */
export async function tryInput(target: Target, bytes: Uint8Array): Promise<Attempt> {
  const before = footprint();
  const start = performance.now();
  let outcome: string;
  let problem: string | undefined;
  try {
    const result = target.parse(bytes);
    outcome = shapeOfResult(result instanceof Promise ? await result : result);
  } catch (error) {
    outcome = shapeOfError(error);
    if (!isRefusal(target, error)) problem = error instanceof Error ? (error.stack ?? outcome) : outcome;
  }
  const milliseconds = performance.now() - start;
  const broken = problem === undefined ? wrongAfter(before, milliseconds) : undefined;
  return { outcome: broken?.replace(/\d+/g, 'N') ?? outcome, problem: problem ?? broken, milliseconds };
}

interface Footprint {
  readonly tensors: number;
  readonly bytes: number;
}

const ownKeys = () => Reflect.ownKeys(Object.prototype).length + Reflect.ownKeys(Array.prototype).length;
const KEYS = ownKeys();

function footprint(): Footprint {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { tensors: memory().numTensors, bytes: heapUsed + arrayBuffers };
}

function wrongAfter(before: Footprint, milliseconds: number): string | undefined {
  const after = footprint();
  if (ownKeys() !== KEYS) return 'a prototype has been changed';
  if (after.tensors !== before.tensors) return `${after.tensors - before.tensors} tensors are left`;
  if (after.bytes - before.bytes > LARGE) return `memory has grown by ${after.bytes - before.bytes} bytes`;
  return milliseconds > SLOW ? `it took ${Math.round(milliseconds)} ms` : undefined;
}

function nextInput(
  target: Target,
  corpus: readonly Uint8Array[],
  dictionary: readonly Uint8Array[],
  stream: RandomStream,
): Uint8Array {
  const mutant = mutate(pick(corpus, stream), stream, { corpus, dictionary });
  return target.repair !== undefined && stream.integer(4) > 0 ? repaired(target, mutant) : mutant;
}

/** What cannot be repaired is tried as it is. */
function repaired(target: Target, bytes: Uint8Array): Uint8Array {
  try {
    return target.repair?.(bytes) ?? bytes;
  } catch {
    return bytes;
  }
}
