import { SLIDER_END, sliderAt, weightAt } from '../view/smoothing-scale.ts';
import { tagGroups } from '../view/tag-groups.ts';
import { textFilter } from '../view/text-filter.ts';
import type { Board } from './board.ts';
import { choice, tick } from './controls.ts';
import { CurveCard } from './curve-card.ts';
import { arrange, make, Note, setText, setValue } from './dom.ts';
import type { TabView } from './tab-view.ts';
import { onThemeChange } from './theme.ts';

/** Cards are loaded when they come so near to what is seen. */
const MARGIN = '200px';

interface Section {
  readonly element: HTMLElement;
  readonly count: HTMLElement;
  readonly grid: HTMLElement;
}

/** The curves of all metrics, a card each. */
export function curvesTab(board: Board): TabView {
  const cards = new Map<string, CurveCard>();
  const sections = new Map<string, Section>();
  const body = make('div', { class: 'sections' });
  const empty = new Note('empty');
  const toolbar = curvesToolbar(board);
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        cards.get((target as HTMLElement).dataset.tag ?? '')?.setVisible(isIntersecting);
      }
    },
    { rootMargin: MARGIN },
  );
  const cardOf = (tag: string) => {
    const card = cards.get(tag) ?? new CurveCard(board, tag);
    if (!cards.has(tag)) {
      card.element.dataset.tag = tag;
      cards.set(tag, card);
      seen.observe(card.element);
    }
    return card;
  };
  onThemeChange(() => {
    for (const card of cards.values()) card.redraw();
  });
  return {
    element: make('div', { class: 'tab-body' }, toolbar.element, empty.element, body),
    update() {
      toolbar.update();
      const filter = textFilter(board.state.tagFilter);
      const groups = tagGroups(board.shownTags.filter((tag) => filter.matches(tag)));
      for (const { name, tags } of groups) {
        const section = sections.get(name) ?? sectionOf(name);
        sections.set(name, section);
        setText(section.count, String(tags.length));
        arrange(
          section.grid,
          tags.map((tag) => cardOf(tag).element),
        );
      }
      arrange(
        body,
        groups.flatMap(({ name }) => sections.get(name)?.element ?? []),
      );
      for (const card of cards.values()) card.update();
      empty.show(groups.length > 0 ? undefined : reasonForNothing(board));
    },
  };
}

function reasonForNothing(board: Board): string {
  if (board.runs.length === 0) {
    return board.answer.reading === undefined
      ? 'No runs yet: none of the folders here holds metrics.jsonl, metrics.csv or event files. They appear as soon as one does.'
      : 'Reading …';
  }
  return board.shown.length === 0
    ? 'No run is ticked.'
    : 'The runs that are ticked have no metrics of this name.';
}

function sectionOf(name: string): Section {
  const count = make('span', { class: 'count' });
  const grid = make('div', { class: 'cards' });
  const element = make(
    'details',
    { class: 'section', attributes: { open: '' } },
    make('summary', {}, make('h2', { text: name }), count),
    grid,
  );
  return { element, count, grid };
}

function curvesToolbar(board: Board) {
  const axis = choice('By', { step: 'step', epoch: 'epoch', time: 'time' }, (value) =>
    board.choose({ axis: value }),
  );
  const smoothing = smoothingSlider(board);
  const bands = tick(
    'Mean ± std over seeds',
    'Runs whose names differ in their seed alone (seed-1, seed-2 …) are drawn as one',
    (isOn) => board.choose({ bands: isOn }),
  );
  const filter = make('input', {
    class: 'field',
    attributes: {
      type: 'search',
      placeholder: 'Filter metrics',
      'aria-label': 'Filter metrics',
      spellcheck: 'false',
    },
  });
  filter.addEventListener('input', () => board.choose({ tagFilter: filter.value }));
  return {
    element: make('div', { class: 'toolbar' }, axis.element, smoothing.element, bands.element, filter),
    update() {
      axis.show(board.state.axis);
      smoothing.show(board.state.smoothing);
      bands.show(board.state.bands, board.hasGroups);
      setValue(filter, board.state.tagFilter);
    },
  };
}

function smoothingSlider(board: Board) {
  const slider = make('input', {
    attributes: { type: 'range', min: '0', max: String(SLIDER_END), step: '1', 'aria-label': 'Smoothing' },
  });
  const value = make('output', { class: 'number' });
  let waiting: number | undefined;
  slider.addEventListener('input', () => {
    const smoothing = weightAt(Number(slider.value));
    setText(value, String(smoothing));
    clearTimeout(waiting);
    waiting = setTimeout(() => board.choose({ smoothing }), 60);
  });
  return {
    element: make(
      'label',
      { class: 'control', title: 'Weight of the past in an exponential moving average over all values' },
      make('span', { class: 'label', text: 'Smoothing' }),
      slider,
      value,
    ),
    show(weight: number) {
      if (document.activeElement !== slider) slider.value = String(sliderAt(weight));
      setText(value, String(weight));
    },
  };
}
