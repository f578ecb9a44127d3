import { summarize } from '@loopwright/study';
import type { Records } from '../runs/records.ts';
import { shortNumber } from '../view/format.ts';
import { LEARNING_RATES, tagGroups } from '../view/tag-groups.ts';
import { html, type Markup } from './html.ts';
import { type Column, htmlTable } from './html-table.ts';
import { bestExtreme, type MetricExtremes, metricExtremes, type ValueAt } from './metric-extremes.ts';
import { shownTags } from './shown-tags.ts';
import { firstOf, type ReportSource } from './source.ts';
import { spreadText } from './spread-text.ts';
import type { Subject } from './subjects.ts';

const MOST_ROWS = 250;

/** A metric of a subject. */
interface Row {
  readonly tag: string;
  readonly subject: Subject;
  readonly unit: Records['unit'];
  /** Of each run that has it. */
  readonly extremes: readonly MetricExtremes[];
}

/** The last, the smallest and the largest value of every metric; the best one stands out. */
export function summarySection(source: ReportSource): Markup | undefined {
  const { subjects } = source;
  const groups = tagGroups([...new Set(subjects.flatMap(({ runs }) => runs.flatMap(shownTags)))]);
  const tags = groups.filter(({ name }) => name !== LEARNING_RATES);
  const rows = tags.flatMap(({ tags }) =>
    tags.flatMap((tag) => subjects.flatMap((subject) => rowOf(tag, subject) ?? [])),
  );
  if (rows.length === 0) return undefined;
  const isAlone = subjects.length === 1;
  const columns: Column[] = [
    { title: 'metric' },
    ...(isAlone ? [] : [{ title: 'run' }]),
    { title: 'last', isNumber: true },
    { title: 'smallest', isNumber: true },
    { title: 'largest', isNumber: true },
  ];
  const cells = firstOf(source, rows, MOST_ROWS, 'rows of the summary').map((row) => [
    row.tag,
    ...(isAlone ? [] : [nameOf(row.subject)]),
    cellOf(row, ({ last }) => last, false),
    cellOf(row, ({ smallest }) => smallest, bestExtreme(row.tag) === 'smallest'),
    cellOf(row, ({ largest }) => largest, bestExtreme(row.tag) === 'largest'),
  ]);
  const hints = [
    ...(rows.some(({ extremes }) => extremes.length === 1) ? ['Beside a value is where it was logged.'] : []),
    ...(rows.some(({ extremes }) => extremes.length > 1)
      ? ['Over seeds: mean ± sample standard deviation.']
      : []),
    'The best is bold.',
  ];
  return html`${htmlTable(columns, cells)}<p class="faint">${hints.join(' ')}</p>\n`;
}

function rowOf(tag: string, subject: Subject): Row | undefined {
  const metrics = subject.runs.flatMap((run) => run.metric(tag) ?? []);
  const extremes = metrics.flatMap((metric) => metricExtremes(metric) ?? []);
  return extremes.length === 0 ? undefined : { tag, subject, unit: metrics[0]?.unit ?? 'step', extremes };
}

function nameOf({ name, split, runs }: Subject): string {
  const whole = split === undefined ? name : `${name} ${split}`;
  return runs.length === 1 ? whole : `${whole} (${runs.length} seeds)`;
}

function cellOf(
  { extremes, unit }: Row,
  select: (extremes: MetricExtremes) => ValueAt | undefined,
  isBest: boolean,
): Markup {
  const found = extremes.flatMap((each) => select(each) ?? []);
  const text = found.length > 1 ? meanText(found.map(({ value }) => value)) : valueText(found[0], unit);
  return isBest ? html`<strong>${text}</strong>` : text;
}

function valueText(found: ValueAt | undefined, unit: Row['unit']): Markup {
  if (found === undefined) return html`–`;
  return html`${shortNumber(found.value)} <small>${unit} ${shortNumber(found.position, 8)}</small>`;
}

function meanText(values: readonly number[]): Markup {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return html`–`;
  const { mean, std } = summarize(finite);
  return html`${spreadText(mean, std)}`;
}
