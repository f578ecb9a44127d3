import type { RunEntry } from '../server/answers.ts';
import { ago, counted } from '../view/format.ts';
import { textFilter } from '../view/text-filter.ts';
import type { Board } from './board.ts';
import { arrange, button, make, setText, setValue } from './dom.ts';
import { colourOf } from './theme.ts';

/** A run that was written to within this time is live. */
const LIVE_MS = 15_000;
/** So often this is looked at, though nothing has changed: a run that is no longer written is one that does not change. */
const LOOK_EVERY_MS = 5000;

interface Row {
  readonly element: HTMLElement;
  update(run: RunEntry, isShown: boolean, colour: string): void;
}

/** The runs at the left: which are there, which are drawn, in which colour, and what is wrong with them. */
export function runList(board: Board): HTMLElement {
  const rows = new Map<string, Row>();
  const list = make('ul', { class: 'runs', attributes: { 'aria-label': 'Runs' } });
  const filter = filterField(board);
  const count = make('span', { class: 'count' });
  const notes = make('section', { class: 'notes', attributes: { 'aria-label': 'What could not be read' } });
  const bar = make(
    'div',
    { class: 'run-bar' },
    count,
    button('All', 'Draw all runs of the list', () =>
      board.choose({ hidden: hiddenWithout(board, board.listed) }),
    ),
    button('None', 'Draw none of the list', () =>
      board.choose({ hidden: [...hiddenWithout(board, board.listed), ...board.listed.map(({ id }) => id)] }),
    ),
  );
  const update = () => {
    const { listed, runs, state } = board;
    setValue(filter, state.runFilter);
    for (const run of listed) if (!rows.has(run.id)) rows.set(run.id, runRow(board, run));
    const hidden = new Set(state.hidden);
    const colours = coloursOf(board);
    for (const run of listed)
      rows.get(run.id)?.update(run, !hidden.has(run.id), colours.get(run.id) ?? colourOf(run));
    arrange(
      list,
      listed.flatMap(({ id }) => rows.get(id)?.element ?? []),
    );
    const shown = listed.filter(({ id }) => !hidden.has(id)).length;
    setText(
      count,
      listed.length === runs.length
        ? counted(runs.length, 'run')
        : `${listed.length} of ${counted(runs.length, 'run')}`,
    );
    count.title = `${shown} drawn`;
    showNotes(notes, board);
  };
  board.subscribe(update);
  setInterval(update, LOOK_EVERY_MS);
  update();
  return make('aside', { class: 'sidebar', attributes: { 'aria-label': 'Runs' } }, filter, bar, list, notes);
}

/** The colours that runs are drawn in: those that are drawn as one have that of the first. */
function coloursOf({ groups }: Board): Map<string, string> {
  return new Map(
    groups.flatMap(({ runs }) =>
      runs.map(({ id }) => [id, runs[0] === undefined ? '' : colourOf(runs[0])] as const),
    ),
  );
}

function hiddenWithout(board: Board, runs: readonly RunEntry[]): string[] {
  const ids = new Set(runs.map(({ id }) => id));
  return board.state.hidden.filter((id) => !ids.has(id));
}

function filterField(board: Board): HTMLInputElement {
  const field = make('input', {
    class: 'field',
    title: 'Words that the name of a run must have, or a regular expression between slashes',
    attributes: {
      type: 'search',
      placeholder: 'Filter runs: text or /regexp/',
      'aria-label': 'Filter runs',
      spellcheck: 'false',
    },
  });
  field.addEventListener('input', () => {
    const { problem } = textFilter(field.value);
    field.setCustomValidity(problem ?? '');
    field.reportValidity();
    board.choose({ runFilter: field.value });
  });
  return field;
}

function runRow(board: Board, { id, name }: RunEntry): Row {
  const box = make('input', { attributes: { type: 'checkbox' } });
  const label = make('span', { class: 'run-name' }, ...nameParts(name));
  const live = make('span', {
    class: 'live',
    title: 'Is being written',
    attributes: { 'aria-label': 'live' },
  });
  const warning = make('span', { class: 'warning', text: '!' });
  const only = button(
    'only',
    'Draw this run alone',
    () => {
      board.choose({ hidden: board.runs.filter((run) => run.id !== id).map((run) => run.id) });
    },
    'only',
  );
  const element = make(
    'li',
    { class: 'run' },
    make('label', { title: name }, box, label),
    live,
    warning,
    only,
  );
  box.addEventListener('change', () => {
    const others = board.state.hidden.filter((hidden) => hidden !== id);
    board.choose({ hidden: box.checked ? others : [...others, id] });
  });
  return {
    element,
    update(run, isShown, colour) {
      box.checked = isShown;
      element.style.setProperty('--run', colour);
      live.hidden = Date.now() - run.modified > LIVE_MS;
      warning.hidden = run.problems.length === 0;
      warning.title = run.problems.join('\n');
      label.title = `${name}\nwritten ${ago(run.modified, Date.now())}`;
    },
  };
}

/** The folders of a name in a fainter tone, so that its end can be seen. */
function nameParts(name: string): HTMLElement[] {
  const end = name.lastIndexOf('/') + 1;
  return [
    ...(end === 0 ? [] : [make('span', { class: 'faint', text: name.slice(0, end) })]),
    make('span', { text: name.slice(end) }),
  ];
}

function showNotes(section: HTMLElement, board: Board): void {
  const notes = board.runs.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`));
  const { omitted } = board.answer;
  if (omitted > 0) notes.unshift(`${counted(omitted, 'more run')} are not listed`);
  const text = notes.join('\n');
  if (section.dataset.text === text) return;
  section.dataset.text = text;
  section.hidden = notes.length === 0;
  const isOpen = section.querySelector('details')?.open ?? false;
  const details = make(
    'details',
    {},
    make('summary', { text: counted(notes.length, 'note') }),
    make('ul', {}, ...notes.slice(0, 200).map((note) => make('li', { text: note }))),
  );
  details.open = isOpen;
  section.replaceChildren(details);
}
