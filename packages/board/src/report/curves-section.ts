import { renderCurves } from '@loopwright/plot';
import { curvePanels, type ReportPanel } from './curve-panels.ts';
import { html, Markup } from './html.ts';
import type { ReportSource } from './source.ts';

const SIZE = { width: 500, height: 300 };

/** Pictures of all curves, by groups of metrics. */
export function curvesSection(source: ReportSource): Markup | undefined {
  let count = 0;
  const groups = curvePanels(source).map(({ name, panels }) => {
    const figures = panels.map((panel) => figureOf(panel, `curves${count++}-`));
    return html`<h3>${name}</h3>\n<div class="curves">\n${figures}</div>\n`;
  });
  return groups.length === 0 ? undefined : html`${groups}`;
}

function figureOf({ panel, note }: ReportPanel, id: string): Markup {
  const picture = new Markup(renderCurves({ panels: [panel], ...SIZE, id }));
  return html`<figure>${picture}${note && html`<figcaption>${note}</figcaption>`}</figure>\n`;
}
