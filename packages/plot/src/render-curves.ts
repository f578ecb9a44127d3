import { barsOption } from './bars-option.ts';
import { checkPlot } from './check-plot.ts';
import { curvesOption } from './curves-option.ts';
import { drawChart } from './draw-chart.ts';
import type { Panel, PlotOptions } from './plot-options.ts';
import { drawnText, FONT, INK, TITLE_SIZE } from './theme.ts';

const TITLE_HEIGHT = 44;

/**
 * Draws panels of curves or bars as one SVG picture: white background, small multiples side by side, a legend in each.
 *
 * Pure: equal options give equal text. A long series is thinned to what can be seen; points that are not finite leave
 * gaps. The picture holds no script and refers to nothing outside.
 *
 * @throws LoopwrightError for what cannot be drawn, naming the panel and the series
 * @example
 * const svg = renderCurves({
 *   panels: [{ title: 'Loss', xLabel: 'epoch', yScale: 'log', series: [{ name: 'train', x: [0, 1, 2], y: [2.3, 0.4, 0.1] }] }],
 * });
 */
export function renderCurves(options: PlotOptions): string {
  checkPlot(options);
  const { title, panels, width = 480, height = 340, id = 'panel' } = options;
  const columns = Math.min(options.columns ?? 3, panels.length);
  const top = title === undefined ? 0 : TITLE_HEIGHT;
  const size = { width: columns * width, height: top + Math.ceil(panels.length / columns) * height };
  const drawn = panels.map((panel, index) => {
    const [x, y] = [(index % columns) * width, top + Math.floor(index / columns) * height];
    return [
      `<svg x="${x}" y="${y}" width="${width}" height="${height}">`,
      titleElement(panelTitle(panel)),
      drawPanel(panel, width, height, `${id}${index}`),
      '</svg>',
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">`,
    titleElement(title ?? panels.map(panelTitle).join('; ')),
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    ...(title === undefined ? [] : [headline(title, size.width)]),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel(panel: Panel, width: number, height: number, id: string): string {
  const option = panel.kind === 'bars' ? barsOption(panel, width) : curvesOption(panel, width);
  return drawChart(option, width, height, id);
}

/** What a panel is called where it cannot be seen. */
function panelTitle(panel: Panel): string {
  if (panel.title !== undefined) return panel.title;
  return panel.kind === 'bars' ? panel.labels.join(', ') : panel.series.map(({ name }) => name).join(', ');
}

/** The name that screen readers say. */
function titleElement(title: string): string {
  return `<title>${escapeXml(drawnText(title))}</title>`;
}

function headline(title: string, width: number): string {
  const style = `font-size="${TITLE_SIZE}" font-family="${FONT}" font-weight="bold" fill="${INK}"`;
  return `<text x="${width / 2}" y="${TITLE_HEIGHT - 14}" text-anchor="middle" ${style}>${escapeXml(drawnText(title))}</text>`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
