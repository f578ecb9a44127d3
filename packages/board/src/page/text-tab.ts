import type { RunEntry, TextEntry, TextsAnswer } from '../server/answers.ts';
import { ask } from './api.ts';
import type { Board } from './board.ts';
import { arrange, make, Note, setText } from './dom.ts';
import { jsonTree } from './json-tree.ts';
import { Loader } from './loader.ts';
import type { TabView } from './tab-view.ts';
import { colourOf } from './theme.ts';

const NO_CARD = 'There is no run.json; runCard() of @loopwright/logging writes one.';
const NONE = 'No run is ticked.';

/** What runs were started with, and what they have logged as text. */
export function textTab(board: Board): TabView {
  const panels = new Map<string, RunPanel>();
  const body = make('div', { class: 'panels' });
  const [empty, omitted] = [new Note('empty'), new Note('omitted')];
  const loader = new Loader();
  let answer: TextsAnswer = { texts: [], omitted: 0 };
  let alone: string | undefined;
  /** A run that is shown alone is opened, once: whoever closes it wants it closed. */
  const openAlone = () => {
    const [only, another] = board.shown;
    const id = another === undefined ? only?.id : undefined;
    const panel = id === undefined || id === alone ? undefined : panels.get(id);
    if (panel !== undefined) panel.element.open = true;
    alone = id;
  };
  const draw = () => {
    omitted.showOmitted(answer.omitted, 'texts');
    for (const run of board.shown) {
      const panel = panels.get(run.id) ?? new RunPanel(run.id);
      panels.set(run.id, panel);
      panel.show(
        run,
        answer.texts.filter((text) => text.run === run.id),
      );
    }
    arrange(
      body,
      board.shown.flatMap(({ id }) => panels.get(id)?.element ?? []),
    );
    openAlone();
  };
  return {
    element: make('div', { class: 'tab-body' }, empty.element, body, omitted.element),
    update() {
      const runs = board.shown.filter(({ texts }) => texts > 0);
      empty.show(board.shown.length > 0 ? undefined : NONE);
      const load = async () => {
        answer = runs.length === 0 ? answer : await ask('texts', { runs: runs.map(({ id }) => id) });
        draw();
      };
      loader.run(runs.map(({ id, version }) => `${id} ${version}`).join(), load, (message) =>
        empty.show(message),
      );
      draw();
    },
  };
}

/** One run: its card is fetched when the panel is opened. */
class RunPanel {
  readonly element: HTMLDetailsElement;
  private readonly id: string;
  private readonly name = make('span', { class: 'run-title' });
  private readonly card = make('div', { class: 'run-card' });
  private readonly texts = make('div', { class: 'texts' });
  private readonly loader = new Loader();
  private run: RunEntry | undefined;
  private shown = '';

  constructor(id: string) {
    this.id = id;
    this.element = make('details', { class: 'panel' }, make('summary', {}, this.name), this.card, this.texts);
    this.element.addEventListener('toggle', () => this.load());
  }

  show(run: RunEntry, texts: readonly TextEntry[]): void {
    this.run = run;
    setText(this.name, run.name);
    this.element.style.setProperty('--run', colourOf(run));
    const wanted = JSON.stringify(texts);
    if (wanted !== this.shown) this.texts.replaceChildren(...texts.map(textBlock));
    this.shown = wanted;
    this.load();
  }

  private load(): void {
    if (!this.element.open || this.run === undefined) return;
    const load = async () => {
      const { card } = await ask('card', { run: this.id });
      this.card.replaceChildren(
        card === null ? make('p', { class: 'faint', text: NO_CARD }) : jsonTree(card),
      );
    };
    this.loader.run(String(this.run.version), load, (message) =>
      this.card.replaceChildren(make('p', { class: 'faint', text: message })),
    );
  }
}

/** Texts of one name, the newest first, as they were logged: marks of Markdown stay what they are. */
function textBlock({ tag, samples }: TextEntry): HTMLElement {
  const blocks = samples
    .toReversed()
    .map(({ position, text }) =>
      make(
        'div',
        { class: 'text' },
        make('span', { class: 'faint', text: `at ${position}` }),
        make('pre', { text }),
      ),
    );
  return make('section', {}, make('h3', { text: tag }), ...blocks);
}
