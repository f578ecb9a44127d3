import { mkdirSync, rmSync } from 'node:fs';
import { RandomStream } from '@loopwright/core';
import { tf } from '@loopwright/tensorflow';
import { makeReference, type Place } from './reference-run.ts';

/** Options of {@link soak}. */
export interface SoakOptions {
  readonly steps: number;
  readonly folder: string;
  /** The share of steps in which an error is thrown, at one place or another; 0 by default. */
  readonly errors?: number;
  readonly seed?: number;
  readonly say?: (line: string) => void;
}

/** What a stretch of the run held. */
export interface Sample {
  readonly step: number;
  /** Tensors that TensorFlow.js knows, and those of the native engine, when the epoch was over. */
  readonly tensors: number;
  readonly nativeTensors: number;
  /** The least that was resident since the last sample, in MB: garbage is collected now and then. */
  readonly megabytes: number;
}

/** What {@link soak} has seen. */
export interface SoakReport {
  readonly steps: number;
  /** Errors that were thrown, by place. */
  readonly thrown: Readonly<Record<Place, number>>;
  readonly samples: readonly Sample[];
  /** By how much the most that the second half held is above the most that the first half did. */
  readonly moreTensors: number;
  /** The same of the least resident memory of a stretch; without the first one, in which much is made that stays. */
  readonly moreMegabytes: number;
}

/** An error that is thrown on purpose. */
class Disturbance extends Error {}

const SAMPLES = 10;

/**
 * Trains the reference run for many steps, with saves and all, and looks at what it holds. With `errors`, steps fail at
 * random places, and the loop goes on with the next batch, as a loop may.
 */
export async function soak({
  steps,
  folder,
  errors = 0,
  seed = 1,
  say = () => {},
}: SoakOptions): Promise<SoakReport> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const batches = Math.max(2, Math.floor(steps / (2 * SAMPLES)));
  const draws = new RandomStream('soak', seed);
  const thrown: Record<Place, number> = { batch: 0, recording: 0, effect: 0, update: 0 };
  let target: Place | undefined;
  const disturb = (place: Place) => {
    if (place !== target) return;
    target = undefined;
    thrown[place] += 1;
    throw new Disturbance(`at random: ${place}`);
  };
  const reference = makeReference({
    folder,
    epochs: 2 * SAMPLES,
    saveEvery: 0,
    workers: 2,
    batches,
    disturb,
  });
  const { run, checkpoints, metrics, trainStep, stepOptimizer, evaluate, evaluateAverages, ...parts } =
    reference;
  const { train, progress, accumulator, aggregator } = parts;

  const samples: Sample[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const epoch of progress.epochs(2 * SAMPLES)) {
    for await (const { images, labels } of progress.track(train)) {
      const step = progress.totalIterations;
      try {
        if (draws.uniform() < errors) {
          target = (['batch', 'recording', 'effect', 'update'] as const)[draws.integer(4)];
          if (target === 'recording') trainStep.dispose();
        }
        disturb('batch');
        const loss = trainStep(images, labels);
        try {
          if (accumulator.ready) stepOptimizer();
          metrics.next({ step, loss });
        } finally {
          loss.dispose();
        }
      } catch (error) {
        if (!(error instanceof Disturbance)) throw error;
        accumulator.dispose();
      }
      if (step % 25 === 0) await checkpoints.save(step, run);
      least = Math.min(least, process.memoryUsage.rss());
    }
    metrics.next({ epoch, ...(await aggregator.compute()), 'val.loss': (await evaluate()).loss });
    // Half of a step, which an error has left over, or has not.
    accumulator.dispose();
    await evaluateAverages();
    await checkpoints.settled();
    if (epoch % 2 === 0) continue;
    const sample = {
      step: progress.totalIterations,
      tensors: tf.memory().numTensors,
      nativeTensors: nativeTensors(),
      megabytes: Math.round(least / 1e6),
    };
    samples.push(sample);
    say(JSON.stringify(sample));
    least = Number.POSITIVE_INFINITY;
  }
  await checkpoints.close();
  reference.dispose();
  const growth = (value: (sample: Sample) => number) => {
    const most = (part: readonly Sample[]) => Math.max(...part.map(value));
    return most(samples.slice(SAMPLES / 2)) - most(samples.slice(1, SAMPLES / 2));
  };
  return {
    steps: progress.totalIterations,
    thrown,
    samples,
    moreTensors: Math.max(
      growth(({ tensors }) => tensors),
      growth((sample) => sample.nativeTensors),
    ),
    moreMegabytes: growth(({ megabytes }) => megabytes),
  };
}

function nativeTensors(): number {
  const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
  return binding.getNumOfTensors();
}
