import { compareNames } from '../runs/compare-names.ts';

/** Metrics that are shown together. */
export interface TagGroup {
  readonly name: string;
  readonly tags: readonly string[];
}

const LEARNING_RATE = /(^|[^a-z])(lr|learning[-_ ]?rate)([^a-z]|$)/i;
export const LEARNING_RATES = 'Learning rate';
const OTHERS = 'Metrics';

/**
 * Metrics by the part of their names before the first `/` or `.`; those without one come first, and learning rates,
 * wherever they stand, last.
 */
export function tagGroups(tags: readonly string[]): TagGroup[] {
  const groups = new Map<string, string[]>();
  for (const tag of tags) {
    const name = groupOf(tag);
    groups.set(name, [...(groups.get(name) ?? []), tag]);
  }
  const rank = (name: string) => (name === OTHERS ? 0 : name === LEARNING_RATES ? 2 : 1);
  return [...groups]
    .map(([name, members]) => ({ name, tags: members.sort(compareNames) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || compareNames(a.name, b.name));
}

function groupOf(tag: string): string {
  if (LEARNING_RATE.test(tag.replace(/([a-z])([A-Z])/g, '$1_$2'))) return LEARNING_RATES;
  const end = tag.search(/[/.]/);
  return end <= 0 ? OTHERS : tag.slice(0, end);
}
