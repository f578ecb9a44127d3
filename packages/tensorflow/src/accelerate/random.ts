import { randomInt } from 'node:crypto';
import {
  checker,
  checkState,
  RandomStream,
  type StateDict,
  type Stateful,
  type StateValue,
  stateRecord,
} from '@loopwright/core';
import { hostTensor } from '@loopwright/core/tensors';
import type { Tensor } from '@tensorflow/tfjs-core';

const check = checker('tensorflow', 'random');

/**
 * Where the native engine's random tensors come from: dropout masks, noise, `tf.randomNormal` and its like without a
 * seed of their own. It starts with a seed that differs from process to process. It is a part of a run's state.
 */
export class RandomSource implements Stateful {
  private main = new RandomStream('engine', randomInt(2 ** 47));
  /** The streams of layers that were given a seed, by that seed. */
  private layers = new Map<string, RandomStream>();

  /**
   * Starts anew from a seed, like `torch.manual_seed`. Layers with a seed of their own start anew too.
   *
   * @throws LoopwrightError if the seed is no integer
   */
  seed(seed: number): void {
    this.main = new RandomStream('engine', check.integer('seed', seed));
    this.layers.clear();
  }

  /**
   * The seed of one native random op: an int32 tensor of shape [2] that differs each time. Within a compiled function it
   * differs at each call.
   *
   * @param layerSeed what a layer was given as its seed; layers of one seed take turns in one stream
   * @returns belongs to the scope around
   */
  opSeed(layerSeed?: number | string): Tensor {
    return hostTensor(() => {
      const stream = layerSeed === undefined ? this.main : this.layerStream(String(layerSeed));
      return { dtype: 'int32', shape: [2], data: Int32Array.of(stream.uint32(), stream.uint32()) };
    });
  }

  stateDict(): StateDict {
    const layers = [...this.layers].map(([seed, stream]) => [seed, stream.stateDict()] as const);
    return { version: 1, main: this.main.stateDict(), layers: Object.fromEntries(layers) };
  }

  loadStateDict(state: StateDict): void {
    const { main, layers } = checkState(check, state, 1, ['main', 'layers']);
    const restored = streamOf('state.main', main);
    const streams = Object.entries(stateRecord(check, 'state.layers', layers)).map(
      ([seed, value]) => [seed, streamOf(`state.layers[${seed}]`, value)] as const,
    );
    this.main = restored;
    this.layers = new Map(streams);
  }

  private layerStream(seed: string): RandomStream {
    const stream = this.layers.get(seed) ?? new RandomStream('layer', seed);
    this.layers.set(seed, stream);
    return stream;
  }
}

function streamOf(what: string, state: StateValue): RandomStream {
  const stream = new RandomStream('restored');
  stream.loadStateDict(stateRecord(check, what, state) as StateDict);
  return stream;
}

/**
 * The {@link RandomSource} of the native engine: `random.seed(n)` like `torch.manual_seed(n)`, and `random.stateDict()`
 * and `random.loadStateDict(state)` like `torch.get_rng_state` and `torch.set_rng_state`. Put it among a checkpoint's
 * parts, and a run with dropout goes on with the masks that it would have had.
 *
 * @example
 * random.seed(7);
 * const first = tf.randomUniform([2]);
 * random.seed(7);
 * const second = tf.randomUniform([2]);
 * tf.equal(first, second); // [1, 1]
 */
export const random = new RandomSource();
