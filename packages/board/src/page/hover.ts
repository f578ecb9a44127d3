import type { BoardState } from '../view/board-state.ts';
import { runColour } from '../view/colours.ts';
import { counted, exactNumber } from '../view/format.ts';
import { nearestIndex } from '../view/nearest.ts';
import { positionText } from './axis-text.ts';
import type { Line } from './curve-data.ts';
import { make } from './dom.ts';
import type { ECharts } from './echarts.ts';
import { theme } from './theme.ts';

/** More would not fit on the screen: of many curves the ones nearest to the pointer. */
const MOST_ROWS = 12;
const OFFSET = 16;

interface Near {
  readonly line: Line;
  readonly index: number;
  readonly value: number;
  /** Pixels within the chart. */
  readonly x: number;
  readonly y: number;
}

/** What the chart says of the place under the pointer: a line, a dot and a table of values with all their digits. */
export class Hover {
  private readonly chart: ECharts;
  private readonly cursor = make('div', { class: 'cursor' });
  private readonly dot = make('div', { class: 'dot' });
  private readonly table = make('div', { class: 'hover', attributes: { role: 'status' } });

  /** @param plot the element that the chart fills */
  constructor(chart: ECharts, plot: HTMLElement) {
    this.chart = chart;
    plot.append(this.cursor, this.dot);
    document.body.append(this.table);
    this.hide();
  }

  /** Shows what is at a place, in pixels within the chart. */
  show(lines: readonly Line[], axis: BoardState['axis'], [x, y]: readonly [number, number]): void {
    const near = this.nearest(lines, [x, y]);
    const [first] = near;
    if (first === undefined) {
      this.hide();
      return;
    }
    this.place(first);
    const rows = near.slice(0, MOST_ROWS).sort((a, b) => b.value - a.value);
    this.table.replaceChildren(
      tableOf(rows, first, axis),
      ...(near.length > MOST_ROWS
        ? [make('p', { class: 'faint', text: `and ${counted(near.length - MOST_ROWS, 'more run')}` })]
        : []),
    );
    this.table.hidden = false;
    this.moveTable(x, y);
  }

  hide(): void {
    this.cursor.hidden = true;
    this.dot.hidden = true;
    this.table.hidden = true;
  }

  remove(): void {
    this.table.remove();
  }

  /** The point of each curve nearest to the pointer along the axis, nearest curves first. */
  private nearest(lines: readonly Line[], [x, y]: readonly [number, number]): Near[] {
    const [position] = this.chart.convertFromPixel({ gridIndex: 0 }, [x, y]) as [number, number];
    const near = lines.flatMap((line): Near[] => {
      const index = nearestIndex(line.x, position);
      const value = line.y[index];
      if (value === null || value === undefined) return [];
      const [left, top] = this.chart.convertToPixel({ gridIndex: 0 }, [line.x[index] as number, value]) as [
        number,
        number,
      ];
      return [{ line, index, value, x: left, y: top }];
    });
    const distance = (point: Near) => Math.hypot(point.x - x, point.y - y);
    return near.sort((a, b) => distance(a) - distance(b));
  }

  private place({ line, x, y }: Near): void {
    this.cursor.hidden = false;
    this.dot.hidden = false;
    this.cursor.style.left = `${x}px`;
    this.dot.style.left = `${x}px`;
    this.dot.style.top = `${y}px`;
    this.dot.style.backgroundColor = runColour(line.order, theme());
  }

  /** Beside the pointer, on the side where there is room. */
  private moveTable(x: number, y: number): void {
    const plot = this.chart.getDom().getBoundingClientRect();
    const { width, height } = this.table.getBoundingClientRect();
    const [left, top] = [plot.left + x, plot.top + y];
    const isRight = left + OFFSET + width < innerWidth;
    this.table.style.left = `${Math.max(4, isRight ? left + OFFSET : left - OFFSET - width)}px`;
    this.table.style.top = `${Math.max(4, Math.min(top - height / 2, innerHeight - height - 4))}px`;
  }
}

function tableOf(rows: readonly Near[], nearest: Near, axis: BoardState['axis']): HTMLElement {
  const isSmoothed = rows.some(({ line }) => line.logged !== undefined && line.low === undefined);
  const isBand = rows.some(({ line }) => line.low !== undefined);
  const heads = [
    '',
    'run',
    isSmoothed ? 'smoothed' : 'value',
    ...(isSmoothed ? ['logged'] : []),
    ...(isBand ? ['± std', 'n'] : []),
    axis,
  ];
  const head = make('thead', {}, make('tr', {}, ...heads.map((text) => make('th', { text }))));
  const body = rows.map((row) => {
    const { line, index, value } = row;
    const swatch = make('span', { class: 'swatch' });
    swatch.style.backgroundColor = runColour(line.order, theme());
    const high = line.high?.[index];
    const cells = [
      exactNumber(value),
      ...(isSmoothed ? [numberText(line.logged?.[index])] : []),
      ...(isBand
        ? [numberText(typeof high === 'number' ? high - value : null), String(line.runs?.[index] ?? 1)]
        : []),
      positionText(axis, line.x[index] as number),
    ];
    return make(
      'tr',
      row === nearest ? { class: 'nearest' } : {},
      make('td', {}, swatch),
      make('td', { class: 'name', text: line.name }),
      ...cells.map((text) => make('td', { class: 'number', text })),
    );
  });
  return make('table', {}, head, make('tbody', {}, ...body));
}

function numberText(value: number | null | undefined): string {
  return typeof value === 'number' ? exactNumber(value) : '–';
}
