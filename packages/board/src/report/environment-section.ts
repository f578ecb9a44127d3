import { fileSize } from '../view/format.ts';
import { momentText } from './checkpoints-section.ts';
import { type Content, html, type Markup } from './html.ts';
import { htmlTable } from './html-table.ts';
import { jsonList } from './json-list.ts';
import { cardsOf, type RunCardStarts, type Start } from './run-starts.ts';
import { firstOf, type ReportSource } from './source.ts';

const MOST_CARDS = 10;
const MOST_STARTS = 50;
const MOST_CHANGED = 60;
const MOST_PACKAGES = 150;

/** What runs were made with: source, machine, engine, packages; and every start of them. */
export function environmentSection(source: ReportSource): Markup | undefined {
  const cards = cardsOf(source.runs);
  const parts = firstOf(source, cards, MOST_CARDS, 'environments of runs').map((card) => {
    const title =
      cards.length === 1 ? undefined : html`<h3>${card.runs.map(({ name }) => name).join(', ')}</h3>\n`;
    return html`${title}${environmentPart(source, card)}`;
  });
  return parts.length === 0 ? undefined : html`${parts}`;
}

function environmentPart(source: ReportSource, { starts }: RunCardStarts): Markup {
  const last = starts.at(-1);
  if (last === undefined) return html``;
  const packages = firstOf(source, Object.entries(last.packages), MOST_PACKAGES, 'packages');
  return html`<dl>
${entry('Command', last.command && html`<code>${last.command}</code>`)}
${entry('Source', sourceText(source, last))}
${entry('Machine', machineText(last.machine))}
${entry('Engine', last.engine === undefined ? undefined : jsonList(last.engine))}
${entry('Node', last.node)}
${entry('Environment', isEmpty(last.environment) ? undefined : jsonList(last.environment))}
</dl>
${
  packages.length > 0 &&
  html`<h3>Packages</h3>\n<ul class="packages">${packages.map(([name, version]) => html`<li>${name} <small>${String(version)}</small></li>\n`)}</ul>\n`
}
${startsTable(source, starts)}`;
}

function entry(name: string, content: Content): Markup | undefined {
  return content === undefined || content === '' ? undefined : html`<dt>${name}</dt><dd>${content}</dd>\n`;
}

function sourceText(source: ReportSource, { commit, branch, changed }: Start): Markup | undefined {
  if (commit === undefined) return undefined;
  const files = firstOf(source, changed, MOST_CHANGED, 'changed files');
  return html`commit <code>${commit}</code>${branch === undefined ? '' : ` on ${branch}`}${
    files.length === 0
      ? ', without changes'
      : html`, with changes in<ul class="files">${files.map((file) => html`<li><code>${file}</code></li>`)}</ul>`
  }`;
}

/** The processor in a line where the card tells it as `runCard` does. */
function machineText(machine: unknown): Markup | undefined {
  if (isEmpty(machine)) return undefined;
  const { cpu, memoryBytes, platform, ...others } = machine as Readonly<Record<string, unknown>>;
  const { model, numbers, cores, features } = (cpu ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof model !== 'string' || typeof memoryBytes !== 'number') return jsonList(machine);
  const processor = `${model}${numbers ? ` (${numbers})` : ''}, ${cores} cores, ${fileSize(memoryBytes)}, ${platform}`;
  return html`${processor}${Array.isArray(features) && html`<br><small>${features.join(' ')}</small>`}${
    isEmpty(others) ? undefined : jsonList(others)
  }`;
}

function startsTable(source: ReportSource, starts: readonly Start[]): Markup {
  const columns = [{ title: 'started (UTC)' }, { title: 'commit' }, { title: 'seeds' }, { title: 'command' }];
  const rows = firstOf(source, starts, MOST_STARTS, 'starts').map(
    ({ started = '', commit = '', changed, seeds = '', command }) => [
      momentText(started),
      html`<code>${commit.slice(0, 12)}</code>${changed.length > 0 ? ' and changes' : ''}`,
      seeds,
      html`<code>${command}</code>`,
    ],
  );
  return html`<h3>Starts</h3>\n${htmlTable(columns, rows)}`;
}

function isEmpty(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}
