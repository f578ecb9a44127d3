import { type Checker, show } from '@loopwright/core';
import type { CheckpointEvent } from './checkpoint-event.ts';
import type { Unit } from './checkpoint-name.ts';
import type { FileSystem } from './file-system.ts';
import type { Metrics } from './manifest.ts';
import type { BestRule, Retention } from './retention.ts';

/** Options of `CheckpointSaver`. */
export interface CheckpointSaverOptions {
  /** Keep the newest so many; all by default, or 1 if `keepBest` is given. */
  readonly keepLast?: number;
  /** Keep the best so many besides, 1 by default. `save` then needs this metric. */
  readonly keepBest?: BestRule & { readonly count?: number };
  /** What the numbers count, and the folders' name; `'epoch'` by default. */
  readonly unit?: Unit;
  /**
   * What happens if storage fails beside the loop. `'throw'`, the default: the next call throws it. `'warn'`: the run goes
   * on without that checkpoint; `onEvent` is told, or without one a warning is emitted by the process.
   */
  readonly onSaveError?: 'throw' | 'warn';
  /** Told what the saver does; nothing is printed. */
  readonly onEvent?: (event: CheckpointEvent) => void;
  /**
   * Where checkpoints are stored; the machine's own files by default, in a thread beside the loop. One of your own is
   * called in the thread of the loop.
   */
  readonly fileSystem?: FileSystem;
}

/** What is kept, with the defaults put in. */
export function checkRetention(
  check: Checker,
  keepLast: CheckpointSaverOptions['keepLast'],
  keepBest: CheckpointSaverOptions['keepBest'],
): Retention {
  const last = keepLast ?? (keepBest === undefined ? Number.POSITIVE_INFINITY : 1);
  if (last !== Number.POSITIVE_INFINITY) check.positiveInteger('keepLast', last);
  if (keepBest === undefined) return { keepLast: last };
  const { count = 1, ...rule } = keepBest;
  return {
    keepLast: last,
    keepBest: { ...checkBestRule(check, rule), count: check.positiveInteger('keepBest.count', count) },
  };
}

/** Checks which metric is the measure. */
export function checkBestRule(check: Checker, rule: BestRule): BestRule {
  const { metric, mode } = check.options(rule, ['metric', 'mode']);
  check.string('metric', metric);
  return { metric, mode: check.oneOf('mode', mode, ['min', 'max']) };
}

/** Checks that metrics are numbers, NaN and infinity among them, and that the one to keep the best by is there. */
export function checkMetrics(check: Checker, metrics: Metrics, keepBest: BestRule | undefined): void {
  if (typeof metrics !== 'object' || metrics === null) {
    check.fail(`metrics must be a record of numbers, got ${show(metrics)}`);
  }
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value !== 'number') check.fail(`metrics[${show(name)}] must be a number, got ${show(value)}`);
  }
  if (keepBest !== undefined && !Object.hasOwn(metrics, keepBest.metric)) {
    const known = show(Object.keys(metrics));
    check.fail(`keepBest needs metrics[${show(keepBest.metric)}], which is missing among ${known}`);
  }
}
