import type { Panel } from './plot-options.ts';
import { drawnText, FONT, INK, PANEL_TITLE_SIZE, TEXT_SIZE } from './theme.ts';

const LEGEND_ROW = 20;
const LEGEND_ICON = 54;
const LETTER_WIDTH = 6.6;

/** A series in the legend, as ECharts takes it. */
export interface LegendEntry {
  readonly name: string;
  readonly icon: string;
  readonly itemStyle: { readonly color: string };
}

/** What the panels of both kinds have in common: fonts, title, legend, margins. */
export function frame(panel: Panel, width: number, legend: readonly LegendEntry[]) {
  const titleHeight = panel.title === undefined ? 10 : 36;
  const legendHeight = LEGEND_ROW * legendRows(legend, width - 60);
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: INK },
    title: {
      text: drawnText(panel.title ?? ''),
      left: 'center',
      top: 10,
      textStyle: {
        fontSize: PANEL_TITLE_SIZE,
        fontWeight: 'bold',
        color: INK,
        width: width - 20,
        overflow: 'truncate',
      },
    },
    legend: {
      show: legend.length > 0,
      data: [...legend],
      top: titleHeight - 4,
      left: 'center',
      width: width - 40,
      itemWidth: 24,
      itemHeight: 3,
      itemGap: 26,
      textStyle: { fontSize: TEXT_SIZE, color: INK },
    },
    grid: {
      top: titleHeight + legendHeight + 12,
      left: 14,
      right: 22,
      bottom: 14,
      // Labels and names of the axes stay inside the margins.
      outerBoundsMode: 'same',
      outerBoundsContain: 'all',
    },
  };
}

/** How many rows a legend will take; ECharts breaks them itself, but does not make room. */
function legendRows(entries: readonly LegendEntry[], width: number): number {
  let rows = entries.length === 0 ? 0 : 1;
  let used = 0;
  for (const { name } of entries) {
    const needed = LEGEND_ICON + name.length * LETTER_WIDTH;
    if (used > 0 && used + needed > width) {
      rows += 1;
      used = 0;
    }
    used += needed;
  }
  return rows;
}
