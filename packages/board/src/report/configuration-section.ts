import type { Setting } from '../runs/settings.ts';
import { type Content, html, type Markup } from './html.ts';
import { htmlTable } from './html-table.ts';
import { firstOf, type ReportSource } from './source.ts';

const MOST_COLUMNS = 12;

/** Options, and the runs that were started with them. */
interface Configuration {
  readonly runs: string[];
  readonly settings: ReadonlyMap<string, Setting>;
}

/** The options that runs were last started with: a column for all, or where they differ one for each that does. */
export function configurationSection(source: ReportSource): Markup | undefined {
  const all = configurationsOf(source);
  const shown = firstOf(source, all, MOST_COLUMNS, 'configurations');
  const [first] = shown;
  if (first === undefined) return undefined;
  const titles = shown.length === 1 ? ['value'] : shown.map(({ runs }) => runs.join(', '));
  const names = [...new Set(shown.flatMap(({ settings }) => [...settings.keys()]))];
  const rows = names.map((name): Content[] => {
    const texts = shown.map(({ settings }) => textOf(settings.get(name)));
    const differ = texts.some((text) => text !== texts[0]);
    return [name, ...texts.map((text) => (differ ? html`<strong>${text}</strong>` : text))];
  });
  return htmlTable([{ title: 'option' }, ...titles.map((title) => ({ title }))], rows);
}

function configurationsOf({ runs }: ReportSource): Configuration[] {
  const found = new Map<string, Configuration>();
  for (const { name, settings } of runs) {
    if (settings.size === 0) continue;
    const key = JSON.stringify([...settings]);
    const configuration = found.get(key) ?? { runs: [], settings };
    configuration.runs.push(name);
    found.set(key, configuration);
  }
  return [...found.values()];
}

function textOf(setting: Setting | undefined): string {
  return setting === undefined ? '' : String(setting);
}
