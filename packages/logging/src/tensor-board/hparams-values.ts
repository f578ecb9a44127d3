import { type Checker, show } from '@loopwright/core';
import { HPARAMS_TAGS, type HparamsEnd, type HparamValue, type SummaryValue } from '@loopwright/event-files';
import type { Place } from './placement.ts';

/** An option of a run. What is no number, string or boolean is shown as JSON; undefined is left out. */
export type HparamInput =
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly unknown[]
  | Readonly<Record<string, unknown>>;

/** The columns with results: names of curves, or names with their last values. */
export type HparamResults = readonly string[] | Readonly<Record<string, number>>;

/** The options of a run, as the plugin stores them. */
export function toHparams(
  check: Checker,
  options: Readonly<Record<string, HparamInput>>,
): Record<string, HparamValue> {
  if (typeof options !== 'object' || options === null) {
    check.fail(`hparams must be an object of options, got ${show(options)}`);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, toHparam(check, name, value)]));
}

function toHparam(check: Checker, name: string, value: HparamInput): HparamValue {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  const json = typeof value === 'object' ? JSON.stringify(value) : undefined;
  return (
    json ??
    check.fail(`hparams[${show(name)}] must be a number, a string, a boolean or JSON, got ${show(value)}`)
  );
}

/** The names of the results, with their values where these were given; undefined if there are none. */
export function toResults(
  check: Checker,
  metrics: HparamResults | undefined,
): { readonly name: string; readonly value?: number }[] | undefined {
  if (metrics === undefined) return undefined;
  if (isNames(metrics)) return metrics.map((name) => ({ name: check.string('metrics', name) }));
  if (typeof metrics !== 'object' || metrics === null) {
    check.fail(`metrics must be names, or numbers by name, got ${show(metrics)}`);
  }
  return Object.entries(metrics).map(([name, value]) => {
    if (typeof value !== 'number') check.fail(`metrics[${show(name)}] must be a number, got ${show(value)}`);
    return { name, value };
  });
}

function isNames(metrics: HparamResults): metrics is readonly string[] {
  return Array.isArray(metrics);
}

/** The options of a run that starts now. */
export function startValue(hparams: Readonly<Record<string, HparamValue>>, time: number): SummaryValue {
  return { kind: 'hparams', tag: HPARAMS_TAGS.start, value: { part: 'start', hparams, group: '', time } };
}

/** The columns of the table: the options, and the curves whose last values are results. */
export function experimentValue(
  hparams: Readonly<Record<string, HparamValue>>,
  metrics: readonly Place[],
): SummaryValue {
  const value = {
    part: 'experiment',
    hparams: Object.entries(hparams).map(([name, value]) => ({
      name,
      type: typeof value as 'number' | 'string' | 'boolean',
    })),
    metrics: metrics.map(({ run, tag }) => ({ tag, group: run })),
  } as const;
  return { kind: 'hparams', tag: HPARAMS_TAGS.experiment, value };
}

/** How a run ended. */
export function endValue(status: HparamsEnd['status'], time: number): SummaryValue {
  return { kind: 'hparams', tag: HPARAMS_TAGS.end, value: { part: 'end', status, time } };
}
