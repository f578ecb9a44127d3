import type { Figure, MetricFigures, TableAnswer } from '../server/answers.ts';

/** A row of the table: a run, or the runs that differ in their seed alone. */
export interface FigureRow {
  readonly name: string;
  /** Ids. */
  readonly runs: readonly string[];
  readonly settings: readonly (string | number | boolean | null)[];
  readonly metrics: readonly (Statistic | undefined)[];
}

/** A mean over runs; of a single one, its value. */
export interface Statistic {
  readonly mean: number;
  /** Sample standard deviation; NaN for a single value. */
  readonly std: number;
  readonly n: number;
}

/** The number, where JSON had to write it as text too; undefined if there is none. */
export function numberOf(figure: Figure | undefined): number | undefined {
  return figure === null || figure === undefined ? undefined : Number(figure);
}

/** Rows of a table, one for each of the groups, which name their runs. */
export function figureRows(
  { rows }: TableAnswer,
  groups: ReadonlyMap<string, readonly string[]>,
  figure: keyof MetricFigures,
): FigureRow[] {
  const byRun = new Map(rows.map((row) => [row.run, row]));
  return [...groups].map(([name, runs]) => {
    const members = runs.flatMap((run) => byRun.get(run) ?? []);
    const [first] = members;
    return {
      name,
      runs,
      settings: (first?.settings ?? []).map((value, column) =>
        members.every((member) => member.settings[column] === value) ? value : 'differs',
      ),
      metrics: (first?.metrics ?? []).map((_, column) =>
        statistic(members.flatMap((member) => numberOf(member.metrics[column]?.[figure]) ?? [])),
      ),
    };
  });
}

function statistic(values: readonly number[]): Statistic | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: n === 1 ? Number.NaN : Math.sqrt(squares / (n - 1)), n };
}
