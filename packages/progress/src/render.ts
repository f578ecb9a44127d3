import { formatRate, formatSeconds } from './format.ts';
import type { EpochsView, PassView, ProgressView } from './progress-view.ts';
import { sparkline } from './sparkline.ts';
import { textWidth, truncate } from './text.ts';

/** What a drawing has to fit. */
export interface RenderStyle {
  /** Columns that a line may take; no line is longer. */
  readonly columns: number;
  readonly color: boolean;
}

/** One bar: texts before and after it; the notes come from the most to the least important. */
interface Row {
  readonly label: string;
  readonly count: string;
  /** From 0 to 1; undefined where the length is not known. */
  readonly fraction: number | undefined;
  readonly notes: readonly string[];
}

const BAR = { least: 8, most: 40 } as const;
/** At least as wide as the usual labels, so that the bars stay where they are from pass to pass. */
const LABEL = { least: 10, most: 24 } as const;
const METRIC_LINES = 3;
const SPARKLINE = 12;
const GAP = '  ';

/**
 * The bars of a terminal: one for the epochs, one for each running pass, and below them the last metrics, with sparklines
 * of how they went. Pure; the lines hold no characters that move the cursor, and none takes more than `columns`. Where
 * there is little room, the times go first, then the bars, and sparklines where they would take lines of their own.
 *
 * @example
 * const pass = { label: 'train', completed: 3, length: 4, rate: undefined, elapsed: 0, left: undefined };
 * const lines = renderBars({ passes: [pass], metrics: [['loss', '0.25']] }, { columns: 60, color: false });
 * lines[1]; // 'loss 0.25'
 */
export function renderBars(view: ProgressView, style: RenderStyle): string[] {
  return [
    ...renderRows(viewRows(view), style),
    ...metricLines(view.metrics, style.columns).map((line) => paint(line, 'dim', style)),
  ];
}

/**
 * The same as one line of plain text, of any length.
 *
 * @example
 * const pass = { label: 'train', completed: 3, length: 4, rate: undefined, elapsed: 0, left: undefined };
 * renderLine({ passes: [pass], metrics: [['loss', '0.25']] }); // 'train 3/4 (75%) 0:00  loss 0.25'
 */
export function renderLine(view: ProgressView): string {
  const texts = viewRows(view).map(({ label, count, fraction, notes }) =>
    [
      `${label} ${count}`,
      ...(fraction === undefined ? [] : [`(${percent(fraction).trim()})`]),
      ...notes,
    ].join(' '),
  );
  return [...texts, ...view.metrics.map(([name, value]) => `${name} ${value}`)].join(GAP);
}

function viewRows({ epochs, passes }: ProgressView): Row[] {
  return [...(epochs ? [epochsRow(epochs)] : []), ...passes.map(passRow)];
}

function epochsRow({ current, total, fraction, elapsed, left }: EpochsView): Row {
  return { label: 'epoch', count: `${current}/${total}`, fraction, notes: times(elapsed, left) };
}

function passRow({ label, completed, length, rate, elapsed, left }: PassView): Row {
  return {
    label: truncate(label, LABEL.most),
    count: length === undefined ? String(completed) : `${completed}/${length}`,
    fraction: length === undefined ? undefined : length === 0 ? 1 : Math.min(1, completed / length),
    notes: [...(rate === undefined ? [] : [formatRate(rate)]), ...times(elapsed, left)],
  };
}

/** All bars take the same columns, and as many notes stand behind each as leave room for them. */
function renderRows(rows: readonly Row[], style: RenderStyle): string[] {
  const labelWidth = Math.max(LABEL.least, widest(rows.map(({ label }) => label)));
  const countWidth = widest(rows.map(({ count }) => count));
  const heads = rows.map(({ label, count }) => `${padTo(label, labelWidth)} ${count.padStart(countWidth)}`);
  const endings = rows.map(({ fraction }) => (fraction === undefined ? '' : ` ${percent(fraction)}`));
  const barred = rows.some(({ fraction }) => fraction !== undefined);
  for (let notes = Math.max(0, ...rows.map((row) => row.notes.length)); notes >= 0; notes--) {
    const tails = rows.map((row, i) => [endings[i], ...row.notes.slice(0, notes)].join(GAP));
    const room = style.columns - widest(heads) - widest(tails) - 1;
    if (room < (barred ? BAR.least : -1)) continue;
    const width = Math.min(room, BAR.most);
    return rows.map(({ fraction }, i) =>
      fraction === undefined
        ? `${heads[i]}${tails[i]}`
        : `${heads[i]} ${bar(fraction, width, style)}${tails[i]}`,
    );
  }
  return heads.map((head, i) => truncate(`${head}${endings[i]}`, style.columns));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(textWidth));
}

function padTo(text: string, width: number): string {
  return text + ' '.repeat(width - textWidth(text));
}

/** Half a column is the finest step. */
function bar(fraction: number, width: number, style: RenderStyle): string {
  const halves = Math.floor(fraction * width * 2);
  const done = '━'.repeat(halves >> 1) + (halves % 2 === 1 ? '╸' : '');
  const rest = (style.color ? '━' : '─').repeat(width - done.length);
  return paint(done, fraction >= 1 ? 'green' : 'cyan', style) + paint(rest, 'dim', style);
}

/** With sparklines, unless that takes more lines. */
function metricLines(metrics: ProgressView['metrics'], columns: number): string[] {
  const plain = packTexts(
    metrics.map(([name, value]) => `${name} ${value}`),
    columns,
  );
  const drawn = packTexts(
    metrics.map(([name, value, trend = []]) => `${name} ${value} ${sparkline(trend, SPARKLINE)}`.trimEnd()),
    columns,
  );
  const lines =
    drawn.length > plain.length || drawn.some((line) => textWidth(line) > columns) ? plain : drawn;
  return lines.slice(0, METRIC_LINES).map((line) => truncate(line, columns));
}

function packTexts(texts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const joined = lines.length === 0 ? text : `${lines.at(-1)}${GAP}${text}`;
    if (lines.length > 0 && textWidth(joined) <= columns) lines[lines.length - 1] = joined;
    else lines.push(text);
  }
  return lines;
}

function times(elapsed: number, left: number | undefined): string[] {
  return [formatSeconds(elapsed), ...(left ? [`eta ${formatSeconds(left)}`] : [])];
}

function percent(fraction: number): string {
  return `${Math.floor(fraction * 100 + 1e-9)}%`.padStart(4);
}

const CODES = { dim: '2', green: '32', cyan: '36' } as const;

function paint(text: string, color: keyof typeof CODES, style: RenderStyle): string {
  return style.color && text !== '' ? `\u001b[${CODES[color]}m${text}\u001b[0m` : text;
}
