/** On which part of the data something was measured. */
export type Split = 'train' | 'validation' | 'test';

/** What a name says: what was measured, and on which part of the data. */
export interface SplitName {
  readonly name: string;
  readonly split: Split | undefined;
}

const SPLITS: ReadonlyMap<string, Split> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
]);

const WORDS = [...SPLITS.keys()].join('|');
const FIRST = new RegExp(`^(${WORDS})[./_-](.+)$`, 'is');
const LAST = new RegExp(`^(.+)[./](${WORDS})$`, 'is');

/** Parts the name of a metric: `train.loss`, `val_loss` (as Keras names it) and `loss/test` are all `loss`. */
export function splitOfTag(tag: string): SplitName {
  const [, first = '', rest] = FIRST.exec(tag) ?? [];
  if (rest !== undefined) return { name: rest, split: splitOf(first) };
  const [, name, last = ''] = LAST.exec(tag) ?? [];
  return name === undefined ? { name: tag, split: undefined } : { name, split: splitOf(last) };
}

/** Parts the path of a run: `base/train` is the part `train` of `base`, as `tensorBoard` and Keras lay it out. */
export function splitOfFolder(folder: string): SplitName {
  const end = folder.lastIndexOf('/');
  const split = splitOf(folder.slice(end + 1));
  return split === undefined
    ? { name: folder, split }
    : { name: end === -1 ? '.' : folder.slice(0, end), split };
}

function splitOf(word: string): Split | undefined {
  return SPLITS.get(word.toLowerCase());
}
