import { readFileSync } from 'node:fs';
import {
  type Checker,
  checkState,
  reasonOf,
  type StateDict,
  type StateValue,
  stateRecord,
} from '@loopwright/core';
import { CONVOLUTIONS, MATRIX_PRODUCTS } from './table.ts';

/**
 * How algorithms are chosen: `first-sight` measures each call the first time that it is seen on this machine, `off` takes
 * TensorFlow's own ops.
 */
export type Tune = 'first-sight' | 'off' | TuneOptions;

export interface TuneOptions {
  /** How many milliseconds this process may spend on measuring, 60,000 by default. With 0 nothing is measured. */
  readonly budgetMs?: number;
  /**
   * Choices to make again: what `algorithmChoices()` returned, or the path of a JSON file that holds it. Other calls are
   * measured at first sight.
   */
  readonly from?: string | AlgorithmChoices;
}

/** Which algorithm each call took, as plain data that can be kept with a run. */
export type AlgorithmChoices = StateDict & {
  /** By the call's description. */
  readonly choices: Readonly<Record<string, ChosenAlgorithm>>;
};

/** A choice for one call. */
export type ChosenAlgorithm = {
  /** The candidate's name. */
  readonly algorithm: string;
  /** What it took where it was chosen, on which a choice between dtypes may rest; null if it was not measured. */
  readonly milliseconds: number | null;
};

/** The options that hold where none are given. */
export const DEFAULT_BUDGET_MS = 60_000;

/** Options in one form, checked. */
export interface CheckedTune {
  readonly on: boolean;
  readonly budgetMs: number;
  readonly choices: ReadonlyMap<string, ChosenAlgorithm>;
}

/** @throws LoopwrightError if the options are not valid, or choices are unknown in this version */
export function checkTune(check: Checker, tune: Tune): CheckedTune {
  if (typeof tune === 'string') {
    const on = check.oneOf('tune', tune, ['first-sight', 'off']) === 'first-sight';
    return { on, budgetMs: DEFAULT_BUDGET_MS, choices: new Map() };
  }
  const { budgetMs = DEFAULT_BUDGET_MS, from } = check.options(tune, ['budgetMs', 'from']);
  return {
    on: true,
    budgetMs: check.number('tune.budgetMs', budgetMs, { min: 0 }),
    choices: from === undefined ? new Map() : checkChoices(check, readChoices(check, from)),
  };
}

/** The choices in a state, by the call's description. */
export function checkChoices(check: Checker, state: StateDict): ReadonlyMap<string, ChosenAlgorithm> {
  const { choices } = checkState(check, state, 1, ['choices']);
  const entries = Object.entries(stateRecord(check, 'state.choices', choices));
  return new Map(entries.map(([call, choice]) => [call, checkChoice(check, call, choice)]));
}

function checkChoice(check: Checker, call: string, choice: StateValue): ChosenAlgorithm {
  const what = `the choice for "${call}"`;
  const { algorithm, milliseconds } = stateRecord(check, what, choice);
  if (milliseconds !== null) check.number(`milliseconds of ${what}`, milliseconds, { min: 0 });
  const known = [...new Set([...CONVOLUTIONS, ...MATRIX_PRODUCTS].map(({ name }) => name))];
  return {
    algorithm: check.oneOf(`the algorithm of ${what}`, algorithm, known),
    milliseconds: milliseconds as number | null,
  };
}

function readChoices(check: Checker, from: string | AlgorithmChoices): StateDict {
  if (typeof from !== 'string') return from;
  try {
    return JSON.parse(readFileSync(from, 'utf8')) as StateDict;
  } catch (error) {
    return check.fail(`tune.from: the choices in ${from} cannot be read: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
