import { make } from './dom.ts';

/** Records nested deeper than this are shown as text. */
const DEEPEST = 8;

/** JSON as a list of names and values, nested ones inside. */
export function jsonTree(value: unknown, depth = 0): HTMLElement {
  if (typeof value !== 'object' || value === null) return make('code', { text: String(value) });
  const entries = Object.entries(value);
  const isPlain = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  if (isPlain || entries.length === 0 || depth >= DEEPEST)
    return make('code', { text: JSON.stringify(value) });
  const rows = entries.flatMap(([name, part]) => [
    make('dt', { text: Array.isArray(value) ? String(Number(name) + 1) : name }),
    make('dd', {}, jsonTree(part, depth + 1)),
  ]);
  return make('dl', { class: 'tree' }, ...rows);
}
