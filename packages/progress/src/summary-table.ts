import { formatSeconds } from './format.ts';
import type { ProgressView } from './progress-view.ts';
import { textWidth, truncate } from './text.ts';

/** What an epoch came to. */
export interface EpochSummary {
  /** `3/10` */
  readonly epoch: string;
  readonly seconds: number;
  readonly metrics: ProgressView['metrics'];
}

interface Column {
  readonly name: string;
  readonly width: number;
}

const GAP = '  ';
/** A value takes about so many columns, and the next rows should stand below each other, too. */
const LEAST = { epoch: 7, time: 7, metric: 9 } as const;
/** After so many rows the names stand there again. */
const REPEAT = 25;

/** A table that grows by a row an epoch, printed line by line. */
export class SummaryTable {
  private columns: readonly Column[] = [];
  private rows = 0;

  /**
   * The lines that an epoch adds: its row, below a header where one is due. Columns for which there is no room are left out.
   *
   * @param room columns of the terminal
   */
  lines({ epoch, seconds, metrics }: EpochSummary, room: number): string[] {
    const values = new Map<string, string>([
      ['epoch', epoch],
      ['time', formatSeconds(seconds)],
    ]);
    for (const [name, value] of metrics) values.set(name, value);
    const isKnown = [...values.keys()].every((name) => this.columns.some((column) => column.name === name));
    const hasHeader = !isKnown || this.rows % REPEAT === 0;
    if (!isKnown) this.columns = columnsFor(values);
    this.rows = hasHeader ? 1 : this.rows + 1;
    const shown = fitting(this.columns, room);
    const row = shown.map(({ name, width }) => padded(values.get(name) ?? '', width)).join(GAP);
    const header = shown.map(({ name, width }) => padded(name, width)).join(GAP);
    return [...(hasHeader ? [header] : []), row].map((line) => truncate(line, room));
  }
}

function columnsFor(values: ReadonlyMap<string, string>): Column[] {
  return [...values].map(([name, value]) => {
    const least = name === 'epoch' ? LEAST.epoch : name === 'time' ? LEAST.time : LEAST.metric;
    return { name, width: Math.max(least, textWidth(name), textWidth(value)) };
  });
}

/** The first columns, as many as there is room for; one at least. */
function fitting(columns: readonly Column[], room: number): readonly Column[] {
  let used = -GAP.length;
  const end = columns.findIndex(({ width }) => {
    used += GAP.length + width;
    return used > room;
  });
  return end === -1 ? columns : columns.slice(0, Math.max(1, end));
}

function padded(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}
