import { html, type Markup } from './html.ts';

/** Records nested deeper than this are shown as text. */
const DEEPEST = 6;

/** More JSON than this, in characters, is shown as text and cut. */
const LONGEST = 20_000;

/** JSON as a list of names and values, nested ones inside; lists of plain values on one line. */
export function jsonList(value: unknown): Markup {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > LONGEST ? html`<code>${text}</code>` : listOf(value, 0);
}

function listOf(value: unknown, depth: number): Markup {
  if (typeof value !== 'object' || value === null) return html`<code>${String(value)}</code>`;
  const isPlainList =
    Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  const entries = Object.entries(value);
  if (isPlainList) return html`<code>${value.join(' ')}</code>`;
  if (entries.length === 0 || depth >= DEEPEST) return html`<code>${JSON.stringify(value)}</code>`;
  const rows = entries.map(([name, part]) => html`<dt>${name}</dt><dd>${listOf(part, depth + 1)}</dd>\n`);
  return html`<dl>\n${rows}</dl>\n`;
}
