import { checker } from './check.ts';
import { show } from './errors.ts';
import { checkState, type StateDict, type Stateful } from './stateful.ts';

/** What a stream of random numbers is derived from: a seed, an epoch, an index, a purpose. */
export type StreamKey = number | string;

const check = checker('core', 'RandomStream');

/**
 * A reproducible stream of random numbers, derived from keys and from nothing else. Two streams with the same keys
 * are equal wherever and whenever they are made, so work can be split over workers and resumed anywhere.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's Small Fast Counter, period at least 2^32, passes PractRand);
 * the keys are hashed to its state with MurmurHash3's mixing.
 *
 * @throws LoopwrightError if a key is a number and no integer
 * @example
 * const augmentation = new RandomStream(seed, 'augment', epoch, index);
 * const flip = augmentation.uniform() < 0.5;
 */
export class RandomStream implements Stateful {
  private state: Uint32Array;

  constructor(...keys: readonly StreamKey[]) {
    for (const key of keys) {
      if (typeof key === 'number' && !Number.isSafeInteger(key)) check.integer('key', key);
    }
    this.state = seedState(keys);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    const s = this.state as unknown as [number, number, number, number];
    const result = (s[0] + s[1] + s[3]) >>> 0;
    s[3] = s[3] + 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + result;
    return result;
  }

  /** A number in [low, high), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20000000000000;
    return low + (high - low) * unit;
  }

  /** An integer from 0 to `bound` - 1, without bias. */
  integer(bound: number): number {
    check.integer('bound', bound, { min: 1, max: 0x100000000 });
    const limit = 0x100000000 - (0x100000000 % bound);
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return value % bound;
  }

  /** A sample of the normal distribution (Box and Muller's method; the second value is not kept). */
  normal(mean = 0, std = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + std * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** The integers from 0 to `length` - 1 in random order (Fisher and Yates). */
  permutation(length: number): Uint32Array {
    const order = Uint32Array.from(
      { length: check.integer('length', length, { min: 0 }) },
      (_, index) => index,
    );
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swapped = order[i] as number;
      order[i] = order[j] as number;
      order[j] = swapped;
    }
    return order;
  }

  stateDict(): StateDict {
    return { version: 1, words: [...this.state] };
  }

  loadStateDict(state: StateDict): void {
    const { words } = checkState(check, state, 1, ['words']);
    const valid = Array.isArray(words) && words.length === 4;
    const list = valid ? words : check.fail(`state.words must be four words, got ${show(words)}`);
    const range = { min: 0, max: 0xffffffff };
    this.state = Uint32Array.from(list, (word, index) => check.integer(`state.words[${index}]`, word, range));
  }
}

/** 128 bits of state from the keys, each lane mixed with every key. */
function seedState(keys: readonly StreamKey[]): Uint32Array {
  const lanes = Uint32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef);
  const text = JSON.stringify(keys);
  for (let lane = 0; lane < lanes.length; lane++) {
    let hash = lanes[lane] as number;
    for (let i = 0; i < text.length; i++) hash = mix(hash ^ text.charCodeAt(i));
    lanes[lane] = mix(hash ^ text.length);
  }
  return lanes;
}

/** MurmurHash3's 32-bit round and finalizer in one. */
function mix(value: number): number {
  let hash = Math.imul(value, 0xcc9e2d51);
  hash = Math.imul((hash << 15) | (hash >>> 17), 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
