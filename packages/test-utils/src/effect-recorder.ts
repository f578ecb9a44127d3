import { type Recorder, recordWith, toTensor } from '@loopwright/core/tensors';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';

type Effect = (tensors: readonly Tensor[]) => void;

/**
 * Stands in for `compile` on any backend: keeps the effects of a function, which can then be run again without it, with
 * other tensors.
 *
 * @example
 * let total = 0;
 * const recorder = new EffectRecorder();
 * recorder.record(() => hostEffect([tf.scalar(1)], ([value]) => (total += value?.dataSync()[0] ?? 0)));
 * recorder.replay([tf.scalar(2)]);
 * total; // 3
 */
export class EffectRecorder {
  private readonly effects: { readonly tensors: number; readonly run: Effect }[] = [];

  /** Runs a function, its effects included, and keeps these. */
  record<T>(fn: () => T): T {
    const recorder: Recorder = {
      hostTensor: (read) => toTensor(read()),
      hostEffect: (tensors, run) => {
        this.effects.push({ tensors: tensors.length, run });
        recordWith(undefined, () => run(tensors));
      },
      // It never asks whether it may replay.
      hostGuard: () => {},
    };
    return recordWith(recorder, fn);
  }

  /** Runs what was recorded again; `tensors` are those of all effects, one effect's after the other's, borrowed. */
  replay(tensors: readonly Tensor[]): void {
    const remaining = [...tensors];
    tidy(() => {
      for (const effect of this.effects) effect.run(remaining.splice(0, effect.tensors));
    });
  }
}
