import { type Content, html, type Markup } from './html.ts';

/** A column's title, and whether it holds numbers. */
export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** A table; the first cell of a row is its name. Wider than the page, it scrolls. */
export function htmlTable(columns: readonly Column[], rows: readonly (readonly Content[])[]): Markup {
  const number = html` class="number"`;
  const head = columns.map(
    ({ title, isNumber }) => html`<th scope="col"${isNumber ? number : undefined}>${title}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, index) =>
      index === 0
        ? html`<th scope="row">${cell}</th>`
        : html`<td${columns[index]?.isNumber ? number : undefined}>${cell}</td>`,
    );
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="table"><table><thead><tr>${head}</tr></thead>\n<tbody>\n${body}</tbody></table></div>\n`;
}
