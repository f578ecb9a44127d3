import type { HistogramsAnswer, RunEntry } from '../server/answers.ts';
import { ask } from './api.ts';
import type { Board } from './board.ts';
import { arrange, make, Note, setText } from './dom.ts';
import { HistogramChart } from './histogram-chart.ts';
import { Loader } from './loader.ts';
import type { TabView } from './tab-view.ts';
import { colourOf, onThemeChange } from './theme.ts';

const NONE =
  'The runs that are ticked have logged no histograms. tensorBoard() of @loopwright/logging logs them.';

/** Histograms of all runs: those of one name beside each other. */
export function histogramsTab(board: Board): TabView {
  const cards = new Map<string, HistogramCard>();
  const sections = new Map<string, { readonly element: HTMLElement; readonly grid: HTMLElement }>();
  const body = make('div', { class: 'sections' });
  const [empty, omitted] = [new Note('empty'), new Note('omitted')];
  const loader = new Loader();
  let answer: HistogramsAnswer = { histograms: [], omitted: 0 };
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      cards.get((target as HTMLElement).dataset.key ?? '')?.setVisible(isIntersecting);
    }
  });
  const cardOf = (run: RunEntry, tag: string) => {
    const key = `${run.id} ${tag}`;
    const card = cards.get(key) ?? new HistogramCard(tag);
    if (!cards.has(key)) {
      card.element.dataset.key = key;
      cards.set(key, card);
      seen.observe(card.element);
    }
    card.show(run);
    return card.element;
  };
  const draw = () => {
    omitted.showOmitted(answer.omitted, 'histograms');
    const runs = new Map(board.shown.map((run) => [run.id, run]));
    const tags = [
      ...new Set(answer.histograms.filter(({ run }) => runs.has(run)).map(({ tag }) => tag)),
    ].sort();
    for (const tag of tags) {
      const section = sections.get(tag) ?? sectionOf(tag);
      sections.set(tag, section);
      const members = answer.histograms
        .filter((one) => one.tag === tag)
        .flatMap(({ run }) => runs.get(run) ?? []);
      arrange(
        section.grid,
        members.map((run) => cardOf(run, tag)),
      );
    }
    arrange(
      body,
      tags.flatMap((tag) => sections.get(tag)?.element ?? []),
    );
  };
  onThemeChange(() => {
    for (const card of cards.values()) card.redraw();
  });
  return {
    element: make('div', { class: 'tab-body' }, empty.element, body, omitted.element),
    update() {
      const runs = board.shown.filter(({ histograms }) => histograms > 0);
      empty.show(runs.length > 0 ? undefined : NONE);
      const load = async () => {
        answer = await ask('histograms', { runs: runs.map(({ id }) => id) });
        draw();
      };
      loader.run(runs.map(({ id, histograms }) => `${id} ${histograms}`).join(), load, (message) =>
        empty.show(message),
      );
      draw();
    },
  };
}

function sectionOf(tag: string) {
  const grid = make('div', { class: 'cards' });
  return {
    element: make('section', { class: 'section' }, make('header', {}, make('h2', { text: tag })), grid),
    grid,
  };
}

/** A histogram of one run over its steps. */
class HistogramCard {
  readonly element: HTMLElement;
  private readonly tag: string;
  private readonly name = make('h3');
  private readonly plot = make('div', { class: 'plot', attributes: { role: 'img' } });
  private readonly note = make('p', { class: 'card-note' });
  private readonly loader = new Loader();
  private chart: HistogramChart | undefined;
  private run: RunEntry | undefined;
  private isVisible = false;

  constructor(tag: string) {
    this.tag = tag;
    this.element = make('article', { class: 'card' }, make('header', {}, this.name), this.plot, this.note);
  }

  show(run: RunEntry): void {
    this.run = run;
    setText(this.name, run.name);
    this.plot.setAttribute('aria-label', `Histogram ${this.tag} of ${run.name} over its steps`);
    this.load();
  }

  setVisible(isVisible: boolean): void {
    this.isVisible = isVisible;
    this.load();
  }

  redraw(): void {
    this.chart?.redraw();
  }

  private load(): void {
    const { run, tag } = this;
    if (!this.isVisible || run === undefined) return;
    const load = async () => {
      const answer = await ask('histogram', { run: run.id, tag });
      this.chart ??= new HistogramChart(this.plot);
      this.chart.draw(answer, () => colourOf(run));
    };
    this.loader.run(`${run.id} ${run.version}`, load, (message) => setText(this.note, message));
  }
}
