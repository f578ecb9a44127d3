import { checker } from '@loopwright/core';
import { checkSplit } from './placement.ts';
import type { StepRule } from './positions.ts';
import { RunFiles } from './run-files.ts';
import type { TensorBoardSink } from './tensor-board-sink.ts';
import { TensorBoardWriter } from './tensor-board-writer.ts';

/** Options of {@link tensorBoard}. */
export interface TensorBoardOptions {
  /**
   * What becomes the step of a record.
   *
   * - `'step'`, the default: its `step`, else its `iteration`. A record that has only an `epoch` goes to the last step before it,
   *   or to the epoch's number if there are no steps at all; one that has nothing goes to the step after the last.
   * - `'epoch'`: its `epoch`; records without one are left out.
   * - a function of the record, which returns an integer.
   */
  readonly step?: StepRule;
  /**
   * Whether training and validation become runs of their own, so that their curves lie in one diagram: with `true` what begins
   * with `train.` goes to the subfolder `train`, and `val.` and `validation.` go to `validation`. Other names are given as
   * `{ train: 'train', test: 'test' }`. False by default.
   */
  readonly split?: boolean | Readonly<Record<string, string>>;
  /**
   * What earlier sessions have written at this step and after it is void. By default that is the step of the first record; after
   * a load, the step after the last one that the state knows of.
   */
  readonly purgeStep?: number;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
}

/**
 * Writes records to event files that TensorBoard reads: numbers as scalars, strings as text; and histograms, pictures and
 * hyper-parameters.
 *
 * Each opening makes a new file and leaves earlier ones as they are. It begins a session at the step of its first record, by
 * which TensorBoard leaves out what an earlier session wrote for the steps that are run again.
 *
 * @param dir the folder of the run; made if there is none
 * @returns an observer that owns its files until `complete()` or `close()`
 * @throws LoopwrightError if an option is unknown or unfit; naming the path if the file cannot be opened, or, from the methods,
 *   written
 * @example
 * const board = tensorBoard('runs/baseline', { split: true });
 * metrics.subscribe(board);
 * metrics.next({ step: 1, 'train.loss': loss });
 * board.histograms(namedVariables(model), 1);
 * board.image('samples', tf.zeros([4, 8, 8, 3]), 1);
 * board.hparams({ learningRate: 0.1, optimizer: 'sgd' }, ['val.accuracy']);
 * metrics.next({ epoch: 0, 'val.accuracy': 0.5 });
 * metrics.complete();
 */
export function tensorBoard(dir: string, options?: TensorBoardOptions): TensorBoardSink {
  const check = checker('logging', 'tensorBoard');
  const {
    step = 'step',
    split = false,
    purgeStep,
    clock = Date.now,
  } = check.options(options, ['step', 'split', 'purgeStep', 'clock']);
  if (typeof step !== 'function') check.oneOf('step', step, ['step', 'epoch']);
  if (purgeStep !== undefined) check.integer('purgeStep', purgeStep);
  check.func('clock', clock);
  const files = new RunFiles(check, check.string('dir', dir), checkSplit(check, split), clock);
  return new TensorBoardWriter(check, files, step, purgeStep);
}
