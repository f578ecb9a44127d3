import type { CheckpointsAnswer } from '../server/answers.ts';
import { ago, fileSize, shortNumber } from '../view/format.ts';
import { numberOf } from '../view/table-figures.ts';
import { ask } from './api.ts';
import type { Board } from './board.ts';
import { make, Note } from './dom.ts';
import { Loader } from './loader.ts';
import { type Cell, type Column, numberCell, SortableTable } from './sortable-table.ts';
import type { TabView } from './tab-view.ts';
import { colourOf } from './theme.ts';

const NONE = 'The runs that are ticked have no checkpoints.';

/** The checkpoints of all runs, with the metrics that they were saved with. */
export function checkpointsTab(board: Board): TabView {
  const table = new SortableTable('Checkpoints');
  const [empty, omitted] = [new Note('empty'), new Note('omitted')];
  const loader = new Loader();
  let answer: CheckpointsAnswer = { checkpoints: [], omitted: 0 };
  const draw = () => {
    show(table, board, answer);
    omitted.showOmitted(answer.omitted, 'checkpoints');
  };
  return {
    element: make('div', { class: 'tab-body' }, empty.element, table.element, omitted.element),
    update() {
      const runs = board.shown.filter(({ checkpoints }) => checkpoints > 0);
      empty.show(runs.length > 0 ? undefined : NONE);
      table.element.hidden = runs.length === 0;
      const load = async () => {
        answer = await ask('checkpoints', { runs: runs.map(({ id }) => id) });
        draw();
      };
      loader.run(runs.map(({ id, version }) => `${id} ${version}`).join(), load, (message) =>
        empty.show(message),
      );
      draw();
    },
  };
}

function show(table: SortableTable, board: Board, { checkpoints }: CheckpointsAnswer): void {
  const runs = new Map(board.shown.map((run) => [run.id, run]));
  const shown = checkpoints.filter(({ run }) => runs.has(run));
  const metrics = [...new Set(shown.flatMap((one) => Object.keys(one.metrics)))];
  const columns: Column[] = [
    ...['run', 'checkpoint', 'written', 'size'].map((name) => ({ name, group: '' })),
    ...metrics.map((name) => ({ name, group: 'Metrics' })),
  ];
  const rows = shown.map((one): Cell[] => {
    const run = runs.get(one.run);
    const name = run?.name ?? '';
    const created = Date.parse(one.created);
    return [
      { text: name, sortBy: name, title: name, ...(run && { colour: colourOf(run) }) },
      { text: one.name, sortBy: numberOf(one.count) ?? null, title: `${one.unit} ${one.count}` },
      {
        text: Number.isNaN(created) ? one.created : ago(created, Date.now()),
        sortBy: created,
        title: one.created,
      },
      numberCell(numberOf(one.bytes), fileSize),
      ...metrics.map((metric) => numberCell(numberOf(one.metrics[metric]), (value) => shortNumber(value, 5))),
    ];
  });
  table.show(columns, rows);
}
