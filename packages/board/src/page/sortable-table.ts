import { nextOrder, type SortKey, type SortOrder, sortRows } from '../view/sort-rows.ts';
import { make } from './dom.ts';

/** What stands in a cell. */
export interface Cell {
  readonly text: string;
  readonly sortBy: SortKey;
  readonly title?: string;
  /** The colour of a mark before the text. */
  readonly colour?: string;
}

export interface Column {
  /** Unique within its group. */
  readonly name: string;
  /** What stands above several columns that follow each other. */
  readonly group: string;
}

/** A table whose columns sort its rows. */
export class SortableTable {
  readonly element = make('div', { class: 'table-frame', attributes: { tabindex: '0', role: 'region' } });
  private order: SortOrder | undefined;
  private columns: readonly Column[] = [];
  private rows: readonly (readonly Cell[])[] = [];
  private shown = '';

  constructor(label: string) {
    this.element.setAttribute('aria-label', label);
  }

  /** @param rows cells in the order of the columns */
  show(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
    const shown = JSON.stringify([columns, rows]);
    if (shown === this.shown) return;
    const hasSameColumns = JSON.stringify(columns) === JSON.stringify(this.columns);
    [this.columns, this.rows, this.shown] = [columns, rows, shown];
    if (hasSameColumns) this.element.querySelector('tbody')?.replaceWith(this.body());
    else this.draw();
  }

  private draw(): void {
    this.element.replaceChildren(make('table', { class: 'figures' }, this.head(), this.body()));
  }

  private head(): HTMLElement {
    const groups: { name: string; span: number }[] = [];
    for (const { group } of this.columns) {
      const last = groups.at(-1);
      if (last?.name === group) last.span += 1;
      else groups.push({ name: group, span: 1 });
    }
    const above = groups.map(({ name, span }) =>
      make('th', { text: name, attributes: { colspan: String(span), scope: 'colgroup' } }),
    );
    const heads = this.columns.map((column, index) => this.columnHead(column, index));
    return make('thead', {}, make('tr', { class: 'groups' }, ...above), make('tr', {}, ...heads));
  }

  private columnHead(column: Column, index: number): HTMLElement {
    const { name } = column;
    const isSorted = this.order?.column === keyOf(column);
    const isNumeric = this.rows.some((row) => typeof row[index]?.sortBy === 'number');
    const direction = this.order?.descending === true ? 'descending' : 'ascending';
    const mark = isSorted ? (direction === 'descending' ? ' ↓' : ' ↑') : '';
    const sort = () => {
      this.order = nextOrder(this.order, keyOf(column), isNumeric);
      this.draw();
      this.element.querySelectorAll<HTMLElement>('thead button')[index]?.focus();
    };
    return make(
      'th',
      {
        class: isNumeric ? 'number' : '',
        attributes: { scope: 'col', 'aria-sort': isSorted ? direction : 'none' },
      },
      make('button', {
        text: name + mark,
        title: `Sort by ${name}`,
        attributes: { type: 'button' },
        on: { click: sort },
      }),
    );
  }

  private body(): HTMLElement {
    const { order } = this;
    const index = this.columns.findIndex((column) => keyOf(column) === order?.column);
    const sorted =
      order === undefined || index === -1
        ? this.rows
        : sortRows(this.rows, (row) => row[index]?.sortBy ?? null, order.descending);
    return make('tbody', {}, ...sorted.map((row) => make('tr', {}, ...row.map(cell))));
  }
}

function keyOf({ group, name }: Column): string {
  return JSON.stringify([group, name]);
}

function cell({ text, sortBy, title, colour }: Cell, index: number): HTMLElement {
  const element = make(index === 0 ? 'th' : 'td', {
    ...(typeof sortBy === 'number' && { class: 'number' }),
    ...(title !== undefined && { title }),
    ...(index === 0 && { attributes: { scope: 'row' } }),
  });
  if (colour !== undefined) {
    const swatch = make('span', { class: 'swatch' });
    swatch.style.backgroundColor = colour;
    element.append(swatch);
  }
  element.append(text);
  return element;
}

/** The cell of a number, with all its digits as its title. */
export function numberCell(value: number | undefined, format: (value: number) => string): Cell {
  return value === undefined
    ? { text: '', sortBy: null }
    : { text: format(value), sortBy: value, title: String(value) };
}
