import { type Checker, show } from '@loopwright/core';

/** Which names go to runs of their own: the part before the first dot, and the folder of the run. */
export type Split = Readonly<Record<string, string>>;

/** Where the value of a name belongs: a run below the folder, empty for the folder itself, and a tag in it. */
export interface Place {
  readonly run: string;
  readonly tag: string;
}

/** The tag of the epoch, by which epochs and steps find one another. */
export const EPOCH_TAG = 'epoch';

const USUAL_SPLIT: Split = { train: 'train', val: 'validation', validation: 'validation' };

/** The split that an option asks for. */
export function checkSplit(check: Checker, split: boolean | Split): Split {
  if (typeof split === 'boolean') return split ? USUAL_SPLIT : {};
  if (typeof split !== 'object' || split === null) {
    check.fail(`split must be true, false or folders by name, got ${show(split)}`);
  }
  for (const [name, folder] of Object.entries(split)) {
    if (typeof folder !== 'string' || !/^[\w-][\w.-]*$/.test(folder)) {
      check.fail(`split[${show(name)}] must be the name of a folder, got ${show(folder)}`);
    }
  }
  return split;
}

/**
 * Finds the place of a name. TensorBoard puts tags with the same first part, up to a slash, into one group: so the first dot
 * of `train.loss` becomes a slash, or, if `train` is a run of its own, is cut off with what is before it.
 */
export function placeOf(name: string, split: Split): Place {
  const dot = name.indexOf('.');
  if (dot <= 0 || dot === name.length - 1 || name.includes('/')) return { run: '', tag: name };
  const group = name.slice(0, dot);
  const rest = name.slice(dot + 1);
  const run = Object.hasOwn(split, group) ? (split[group] as string) : '';
  return { run, tag: run === '' ? `${group}/${rest}` : rest };
}
