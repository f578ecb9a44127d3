import type { Experiment } from '../experiments/experiment.ts';
import type { RunOptions } from '../experiments/options.ts';
import { curveOf, readRecords } from '../experiments/records.ts';
import type { AirbenchNet } from '../models/airbench-net.ts';
import { oneView, type Reduce, sixViews, type testImages } from './evaluate.ts';

/** What is known of a run that has ended. */
export interface TrainedRun {
  readonly net: AirbenchNet;
  readonly reduce: Reduce;
  readonly seed: number;
  readonly epochs: number;
  readonly seconds: () => number;
}

/** Records what a network makes of the test images, by one view of each and by six. */
export async function recordViews(
  experiment: Experiment,
  { evaluate }: ReturnType<typeof testImages>,
  { net, reduce, seed, epochs, seconds }: TrainedRun,
): Promise<void> {
  for (const [stage, predict] of [
    ['one view', oneView(net, reduce)],
    ['six views', sixViews(net, reduce)],
  ] as const) {
    const value = await evaluate(predict);
    experiment.record({ stage, seed, value, epochs, seconds: seconds() });
  }
}

/** Prints the table of all runs and draws their curves. */
export function reportRuns(experiment: Experiment, { run, seeds }: RunOptions): Promise<void> {
  const panel = (title: string, key: string, scale: number) => ({
    title,
    xLabel: 'epoch',
    series: seeds.map((seed) =>
      curveOf(`seed ${seed}`, readRecords(`${run}/seed-${seed}/metrics.jsonl`), key, scale),
    ),
  });
  return experiment.report([
    panel('Training loss', 'loss', 1),
    panel('Test accuracy, one view, %', 'accuracy', 100),
  ]);
}
