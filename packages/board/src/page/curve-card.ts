import { counted } from '../view/format.ts';
import type { Board, RunGroup } from './board.ts';
import { CurveChart, type Window } from './curve-chart.ts';
import { CurveData, type Line } from './curve-data.ts';
import { button, make, setText } from './dom.ts';

/** More points than pixels are not seen. */
const POINTS_PER_PIXEL = 1;

/** One metric: its curves, and what can be done with them. */
export class CurveCard {
  readonly element: HTMLElement;
  readonly tag: string;
  private readonly board: Board;
  private readonly data = new CurveData();
  private readonly plot: HTMLElement;
  private readonly note = make('p', { class: 'card-note', attributes: { role: 'status' } });
  private readonly logButton: HTMLButtonElement;
  private readonly resetButton: HTMLButtonElement;
  private chart: CurveChart | undefined;
  private window: Window;
  private isVisible = false;
  private loading: AbortController | undefined;
  private drawn = '';

  constructor(board: Board, tag: string) {
    this.board = board;
    this.tag = tag;
    this.plot = make('div', { class: 'plot', attributes: { tabindex: '0', role: 'img' } });
    this.logButton = button('log', 'Logarithmic axis', () => this.toggleLog(), 'tool');
    this.resetButton = button(
      'reset zoom',
      'Show everything (double-click, or key 0)',
      () => this.zoom(undefined),
      'tool',
    );
    const enlarge = button(
      '⤢',
      'Larger or smaller',
      () => {
        enlarge.setAttribute('aria-pressed', String(this.element.classList.toggle('large')));
      },
      'tool',
    );
    this.element = make(
      'article',
      { class: 'card', attributes: { 'aria-label': tag } },
      make('header', {}, make('h3', { text: tag, title: tag }), this.resetButton, this.logButton, enlarge),
      this.plot,
      this.note,
    );
  }

  /** Only cards that can be seen ask for curves. */
  setVisible(isVisible: boolean): void {
    this.isVisible = isVisible;
    if (isVisible) this.update();
  }

  update(): void {
    const log = this.isLog;
    this.logButton.setAttribute('aria-pressed', String(log));
    this.resetButton.hidden = this.window === undefined;
    if (this.isVisible) void this.load();
  }

  /** Draws again though nothing has changed: the colours have. */
  redraw(): void {
    this.drawn = '';
    this.update();
  }

  dispose(): void {
    this.loading?.abort();
    this.chart?.dispose();
  }

  private get isLog(): boolean {
    return this.board.state.log.includes(this.tag);
  }

  private toggleLog(): void {
    const others = this.board.state.log.filter((tag) => tag !== this.tag);
    this.board.choose({ log: this.isLog ? others : [...others, this.tag] });
  }

  private zoom(window: Window): void {
    this.window = window;
    this.update();
  }

  private async load(): Promise<void> {
    const groups = this.groups;
    const { axis, smoothing, bands } = this.board.state;
    const [from, to] = this.window ?? [];
    const points = Math.max(100, Math.round(this.plot.clientWidth * POINTS_PER_PIXEL));
    const query = { tag: this.tag, axis, smoothing, log: this.isLog, bands, from, to, points };
    const wanted = JSON.stringify([
      query,
      groups.map(({ name, runs }) => [name, runs.map(({ version }) => version)]),
    ]);
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    this.loading?.abort();
    const loading = new AbortController();
    this.loading = loading;
    try {
      await this.data.load(groups, query, loading.signal);
      this.draw(this.data.lines(groups), groups);
    } catch (error) {
      if (loading.signal.aborted) return;
      this.drawn = '';
      setText(this.note, `Cannot be shown: ${(error as Error).message}`);
    }
  }

  private get groups(): RunGroup[] {
    const position = this.board.answer.tags.indexOf(this.tag);
    return this.board.groups
      .map(({ name, runs }) => ({ name, runs: runs.filter(({ tags }) => tags.includes(position)) }))
      .filter(({ runs }) => runs.length > 0);
  }

  private draw(lines: readonly Line[], groups: readonly RunGroup[]): void {
    const { axis } = this.board.state;
    const [from, to] = this.window ?? [];
    this.chart ??= new CurveChart(this.plot, (window) => this.zoom(window));
    this.chart.draw({ lines, axis, log: this.isLog, from, to });
    this.plot.setAttribute(
      'aria-label',
      `${this.tag} of ${counted(lines.length, 'run')} by ${axis}; arrow keys read values`,
    );
    setText(this.note, noteOf(lines, groups.length, axis, this.isLog));
  }
}

/** What of the curves cannot be seen. */
function noteOf(lines: readonly Line[], groups: number, axis: string, log: boolean): string {
  const notes: string[] = [];
  const absent = groups - lines.length;
  if (absent > 0) notes.push(`${counted(absent, 'run')} without ${axis === 'time' ? 'times' : `${axis}s`}`);
  const notFinite = lines.reduce((sum, line) => sum + line.notFinite, 0);
  if (notFinite > 0) notes.push(`${counted(notFinite, 'value')} not finite`);
  if (log && lines.length > 0 && lines.every(({ y }) => y.every((value) => value === null || value <= 0))) {
    notes.push('nothing is above zero');
  }
  return notes.join(' · ');
}
