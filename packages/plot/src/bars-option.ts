import type { EChartsCoreOption } from 'echarts/core';
import { axisStyle } from './axis.ts';
import { frame } from './panel-frame.ts';
import type { BarsPanel } from './plot-options.ts';
import { drawnText, FONT, INK, PALETTE, TEXT_SIZE } from './theme.ts';

/** Pixels that `95.59 ± 0.18` takes. */
const ONE_LINE_WIDTH = 90;
const MOST_DECIMALS = 6;

interface Bar {
  readonly mean: number;
  readonly std: number | undefined;
}

/** What ECharts is told to draw a panel of labelled bars. */
export function barsOption(panel: BarsPanel, width: number): EChartsCoreOption {
  const bars = panel.labels.map((_, index) => barAt(panel, index));
  const columnWidth = (width - 90) / bars.length;
  const min = panel.yMin ?? (bars.some(({ mean }) => mean < 0) ? undefined : 0);
  return {
    ...frame(panel, width, []),
    xAxis: {
      type: 'category',
      ...axisStyle(panel.xLabel),
      data: panel.labels.map(drawnText),
      splitLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: INK,
        fontSize: TEXT_SIZE,
        interval: 0,
        width: columnWidth,
        overflow: 'break',
      },
    },
    yAxis: { type: 'value', ...axisStyle(panel.yLabel), ...(min === undefined ? {} : { min }) },
    series: [
      barSeries(bars),
      errorSeries(bars, barTexts(bars, columnWidth), min ?? Number.NEGATIVE_INFINITY),
    ],
  };
}

function barAt({ means, stds }: BarsPanel, index: number): Bar {
  const [mean, std] = [means[index] as number, stds?.[index]];
  return { mean: Number.isFinite(mean) ? mean : Number.NaN, std: Number.isFinite(std) ? std : undefined };
}

function barSeries(bars: readonly Bar[]) {
  return {
    type: 'bar',
    barMaxWidth: 64,
    barCategoryGap: '35%',
    data: bars.map(({ mean }, index) => ({
      value: mean,
      itemStyle: { color: PALETTE[index % PALETTE.length], opacity: 0.85 },
    })),
  };
}

/** The error bars, cut off at the floor as the bars are, with what they stand for written above them. */
function errorSeries(bars: readonly Bar[], texts: readonly string[], floor: number) {
  const reach = ({ mean, std = 0 }: Bar) => [mean - std, mean + std] as const;
  const cut = (value: number) => Math.max(value, floor);
  return {
    type: 'custom',
    silent: true,
    z: 3,
    data: bars.map((bar, index) => [index, ...reach(bar).map(cut)]),
    encode: { x: 0, y: [1, 2] },
    renderItem: (
      params: { dataIndex: number },
      api: { coord(point: number[]): [number, number]; size(span: number[]): [number, number] },
    ) => {
      const bar = bars[params.dataIndex];
      if (bar === undefined || Number.isNaN(bar.mean)) return undefined;
      const [low, high] = reach(bar);
      const [x, top] = api.coord([params.dataIndex, cut(high)]);
      const [, bottom] = api.coord([params.dataIndex, cut(low)]);
      const half = Math.min(8, api.size([1, 0])[0] / 6);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: INK, lineWidth: 1.5 },
      });
      const whiskers = [
        line(x, top, x, bottom),
        ...(high < floor ? [] : [line(x - half, top, x + half, top)]),
        ...(low < floor ? [] : [line(x - half, bottom, x + half, bottom)]),
      ];
      const above = bar.mean >= 0;
      const text = {
        type: 'text',
        style: {
          text: texts[params.dataIndex],
          x,
          y: above ? top - 6 : bottom + 6,
          align: 'center',
          verticalAlign: above ? 'bottom' : 'top',
          fill: INK,
          fontFamily: FONT,
          fontSize: TEXT_SIZE,
          width: api.size([1, 0])[0],
          overflow: 'break',
        },
      };
      return { type: 'group', children: [...(bar.std === undefined ? [] : whiskers), text] };
    },
  };
}

/**
 * Mean and deviation, `97.31 ± 0.12`, on two lines where the bars stand close: all with the decimals that show two digits of
 * the largest deviation, or where these would be too many, with four digits.
 */
function barTexts(bars: readonly Bar[], columnWidth: number): string[] {
  const between = columnWidth < ONE_LINE_WIDTH ? '\n± ' : ' ± ';
  const largest = Math.max(...bars.map(({ std = 0 }) => std));
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(largest)));
  const text = (value: number) =>
    decimals <= MOST_DECIMALS ? value.toFixed(decimals) : String(Number(value.toPrecision(4)));
  return bars.map(({ mean, std }) =>
    std === undefined ? text(mean) : `${text(mean)}${between}${text(std)}`,
  );
}
