import type { ImageEntry, ImagesAnswer, RunEntry } from '../server/answers.ts';
import { address, ask } from './api.ts';
import type { Board } from './board.ts';
import { arrange, make, Note, setText } from './dom.ts';
import { Loader } from './loader.ts';
import type { TabView } from './tab-view.ts';
import { colourOf } from './theme.ts';

const NONE =
  'The runs that are ticked have logged no images. tensorBoard() of @loopwright/logging logs them.';

/** Images of all runs: those of one name beside each other, at the same step. */
export function imagesTab(board: Board): TabView {
  const sections = new Map<string, ImageSection>();
  const body = make('div', { class: 'sections' });
  const [empty, omitted] = [new Note('empty'), new Note('omitted')];
  const loader = new Loader();
  let answer: ImagesAnswer = { images: [], omitted: 0 };
  const draw = () => {
    omitted.showOmitted(answer.omitted, 'images');
    const runs = new Map(board.shown.map((run) => [run.id, run]));
    const shown = answer.images.filter(({ run }) => runs.has(run));
    const tags = [...new Set(shown.map(({ tag }) => tag))].sort();
    for (const tag of tags) {
      const section = sections.get(tag) ?? new ImageSection(tag);
      sections.set(tag, section);
      section.show(
        shown.filter((image) => image.tag === tag),
        runs,
      );
    }
    arrange(
      body,
      tags.flatMap((tag) => sections.get(tag)?.element ?? []),
    );
  };
  return {
    element: make('div', { class: 'tab-body' }, empty.element, body, omitted.element),
    update() {
      const runs = board.shown.filter(({ images }) => images > 0);
      empty.show(runs.length > 0 ? undefined : NONE);
      const load = async () => {
        answer = await ask('images', { runs: runs.map(({ id }) => id) });
        draw();
      };
      loader.run(runs.map(({ id, version }) => `${id} ${version}`).join(), load, (message) =>
        empty.show(message),
      );
      draw();
    },
  };
}

/** Images of one name, with one slider for the runs all together. */
class ImageSection {
  readonly element: HTMLElement;
  private readonly tag: string;
  private readonly slider: HTMLInputElement;
  private readonly place = make('output', { class: 'number' });
  private readonly grid = make('div', { class: 'images' });
  private readonly figures = new Map<string, RunFigure>();
  private positions: readonly number[] = [];
  /** Undefined for the newest. */
  private chosen: number | undefined;
  private images: readonly ImageEntry[] = [];
  private runs: ReadonlyMap<string, RunEntry> = new Map();

  constructor(tag: string) {
    this.tag = tag;
    this.slider = make('input', {
      attributes: { type: 'range', min: '0', step: '1', 'aria-label': `Step of ${tag}` },
    });
    this.slider.addEventListener('input', () => {
      const index = Number(this.slider.value);
      this.chosen = index === this.positions.length - 1 ? undefined : this.positions[index];
      this.draw();
    });
    this.element = make(
      'section',
      { class: 'section' },
      make(
        'header',
        {},
        make('h2', { text: tag }),
        make(
          'label',
          { class: 'control' },
          make('span', { class: 'label', text: 'step' }),
          this.slider,
          this.place,
        ),
      ),
      this.grid,
    );
  }

  show(images: readonly ImageEntry[], runs: ReadonlyMap<string, RunEntry>): void {
    [this.images, this.runs] = [images, runs];
    const positions = new Set(images.flatMap(({ samples }) => samples.map(({ position }) => position)));
    this.positions = [...positions].sort((a, b) => a - b);
    this.draw();
  }

  private draw(): void {
    const last = this.positions.at(-1) ?? 0;
    const position = this.chosen ?? last;
    const index = this.positions.findLastIndex((one) => one <= position);
    this.slider.max = String(this.positions.length - 1);
    this.slider.value = String(index);
    this.slider.disabled = this.positions.length < 2;
    setText(this.place, String(this.positions[index] ?? ''));
    for (const image of this.images) {
      const figure = this.figures.get(image.run) ?? new RunFigure(image.run, this.tag);
      this.figures.set(image.run, figure);
      figure.show(image, position, this.runs.get(image.run));
    }
    arrange(
      this.grid,
      this.images.flatMap(({ run }) => this.figures.get(run)?.element ?? []),
    );
  }
}

/** The images of one run at the last step before the one that is chosen. */
class RunFigure {
  readonly element: HTMLElement;
  private readonly run: string;
  private readonly tag: string;
  private readonly caption = make('figcaption');
  private readonly pictures = make('div', { class: 'pictures' });
  private shown = '';

  constructor(run: string, tag: string) {
    this.run = run;
    this.tag = tag;
    this.element = make('figure', {}, this.pictures, this.caption);
  }

  show({ samples }: ImageEntry, position: number, run: RunEntry | undefined): void {
    const sample = samples.findLast((one) => one.position <= position);
    const wanted = JSON.stringify([sample, run?.version]);
    if (wanted === this.shown) return;
    this.shown = wanted;
    if (run !== undefined) this.element.style.setProperty('--run', colourOf(run));
    setText(
      this.caption,
      `${run?.name ?? ''} · ${sample === undefined ? 'not yet' : `step ${sample.position}`}`,
    );
    const images = Array.from({ length: sample?.count ?? 0 }, (_, index) => {
      const alt = `${this.tag} of ${run?.name} at step ${sample?.position}`;
      const query = {
        run: this.run,
        tag: this.tag,
        position: sample?.position,
        index,
        version: run?.version,
      };
      return make('img', {
        attributes: { alt, loading: 'lazy', decoding: 'async', src: address('image', query) },
      });
    });
    this.pictures.replaceChildren(...images);
  }
}
