import type { StudiesAnswer, StudyEntry, TableAnswer } from '../server/answers.ts';
import { shortNumber } from '../view/format.ts';
import { type FigureRow, figureRows, numberOf, type Statistic } from '../view/table-figures.ts';
import { ask } from './api.ts';
import type { Board } from './board.ts';
import { choice, tick } from './controls.ts';
import { make, Note } from './dom.ts';
import { Loader } from './loader.ts';
import { type Cell, type Column, numberCell, SortableTable } from './sortable-table.ts';
import type { TabView } from './tab-view.ts';
import { colourOf } from './theme.ts';

const DIGITS = 5;

/** Hyper-parameters and metrics of all runs, and below them the studies. */
export function tableTab(board: Board): TabView {
  const table = new SortableTable('Hyper-parameters and metrics');
  const studies = new StudyTables();
  const [empty, omitted] = [new Note('empty'), new Note('omitted')];
  const figure = choice('Metrics', { last: 'last', min: 'smallest', max: 'largest' }, (value) =>
    board.choose({ figure: value }),
  );
  const bands = tick(
    'Mean ± std over seeds',
    'One row for runs whose names differ in their seed alone',
    (isOn) => board.choose({ bands: isOn }),
  );
  const differing = tick(
    'Only settings that differ',
    'Leave out hyper-parameters that all runs share',
    (isOn) => board.choose({ differing: isOn }),
  );
  const loader = new Loader();
  let answer: TableAnswer | undefined;
  const draw = () => {
    if (answer === undefined) return;
    show(table, board, answer);
    omitted.showOmitted(answer.omitted, 'columns');
  };
  return {
    element: make(
      'div',
      { class: 'tab-body' },
      make('div', { class: 'toolbar' }, figure.element, bands.element, differing.element),
      empty.element,
      table.element,
      omitted.element,
      studies.element,
    ),
    update() {
      const { state, shown } = board;
      figure.show(state.figure);
      bands.show(state.bands, board.hasGroups);
      differing.show(state.differing);
      empty.show(shown.length > 0 ? undefined : 'No run is ticked.');
      table.element.hidden = shown.length === 0;
      const key = shown.map(({ id, version }) => `${id} ${version}`).join();
      const load = async () => {
        answer = await ask('table', { runs: shown.map(({ id }) => id) });
        draw();
      };
      loader.run(key, load, (message) => empty.show(message));
      draw();
      studies.update(board);
    },
  };
}

function show(table: SortableTable, board: Board, answer: TableAnswer): void {
  const known = new Set(answer.rows.map(({ run }) => run));
  const groups = board.groups.filter(({ runs }) => runs.every(({ id }) => known.has(id)));
  const members = new Map(groups.map(({ name, runs }) => [name, runs.map(({ id }) => id)]));
  const rows = figureRows(answer, members, board.state.figure);
  const settings = answer.settings
    .map((name, index) => ({ name, index }))
    .filter(({ index }) => {
      return !board.state.differing || rows.length < 2 || differs(rows, index);
    });
  const columns: Column[] = [
    { name: 'run', group: '' },
    ...settings.map(({ name }) => ({ name, group: 'Hyper-parameters' })),
    ...answer.metrics.map((name) => ({ name, group: `Metrics, ${board.state.figure}` })),
  ];
  const colours = new Map(groups.map(({ name, runs: [first] }) => [name, first && colourOf(first)]));
  const cells = rows.map((row): Cell[] => {
    const colour = colours.get(row.name);
    return [
      { text: row.name, sortBy: row.name, title: row.name, ...(colour !== undefined && { colour }) },
      ...settings.map(({ index }) => settingCell(row.settings[index] ?? null)),
      ...row.metrics.map(statisticCell),
    ];
  });
  table.show(columns, cells);
}

function differs(rows: readonly FigureRow[], index: number): boolean {
  return rows.some(({ settings }) => settings[index] !== rows[0]?.settings[index]);
}

function settingCell(value: string | number | boolean | null): Cell {
  if (typeof value === 'number') return numberCell(value, (number) => shortNumber(number, DIGITS));
  const text = value === null ? '' : String(value);
  return { text, sortBy: value, title: text };
}

function statisticCell(statistic: Statistic | undefined): Cell {
  if (statistic === undefined) return { text: '', sortBy: null };
  const { mean, std, n } = statistic;
  if (n === 1) return numberCell(mean, (value) => shortNumber(value, DIGITS));
  const text = `${shortNumber(mean, DIGITS)} ± ${shortNumber(std, 2)}`;
  return { text, sortBy: mean, title: `mean ${mean}, sample standard deviation ${std}, ${n} runs` };
}

/** The ledgers of studies: what each seed came to. */
class StudyTables {
  private readonly note = new Note('omitted');
  private readonly body = make('div');
  readonly element = make(
    'section',
    { class: 'studies' },
    make('h2', { text: 'Studies' }),
    this.note.element,
    this.body,
  );
  private readonly loader = new Loader();
  private readonly tables = new Map<string, SortableTable>();

  update({ answer }: Board): void {
    this.element.hidden = answer.studies === 0;
    if (answer.studies === 0) return;
    const load = async () => this.draw(await ask('studies', {}));
    this.loader.run(String(answer.version), load, (message) => this.note.show(message));
  }

  private draw({ studies }: StudiesAnswer): void {
    const sections = studies.map((study) => {
      const table = this.tables.get(study.name) ?? new SortableTable(study.name);
      this.tables.set(study.name, table);
      showStudy(table, study);
      const failed = study.failed.map(({ seed, error }) =>
        make('li', { text: `seed ${seed} failed: ${error}` }),
      );
      return make(
        'div',
        {},
        make('h3', { text: study.name }),
        make('p', { class: 'faint', text: study.settings }),
        table.element,
        failed.length === 0 ? undefined : make('ul', { class: 'failed' }, ...failed),
      );
    });
    this.note.show(undefined);
    this.body.replaceChildren(...sections);
  }
}

function showStudy(table: SortableTable, { runs, summary }: StudyEntry): void {
  const names = Object.keys(summary);
  const columns = [{ name: 'seed', group: '' }, ...names.map((name) => ({ name, group: 'Values' }))];
  const rows = runs.map(({ seed, values }): Cell[] => [
    { text: String(seed), sortBy: seed },
    ...names.map((name) => numberCell(numberOf(values[name]), (value) => shortNumber(value, DIGITS))),
  ]);
  const means = names.map((name): Cell => {
    const { mean = null, std = null, n = 0 } = summary[name] ?? {};
    const spread = n > 1 ? ` ± ${shortNumber(Number(std), 2)}` : '';
    return {
      text: shortNumber(Number(mean), DIGITS) + spread,
      sortBy: Number.NaN,
      title: `mean ${mean}, sample standard deviation ${std}, ${n} runs`,
    };
  });
  table.show(columns, [...rows, [{ text: 'mean ± std', sortBy: Number.NaN }, ...means]]);
}
