import type { BoardState } from '../view/board-state.ts';
import { runColour } from '../view/colours.ts';
import { shortNumber } from '../view/format.ts';
import { tickText } from './axis-text.ts';
import { bottomAxis, plotArea, tickStyle } from './chart-axes.ts';
import type { Line } from './curve-data.ts';
import type { EChartsOption } from './echarts.ts';
import { styleColour, theme } from './theme.ts';

/** What is drawn, and how. */
export interface CurveDrawing {
  readonly lines: readonly Line[];
  readonly axis: BoardState['axis'];
  readonly log: boolean;
  /** The part of the axis that is seen. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

type Series = Exclude<EChartsOption['series'], readonly unknown[] | undefined>;

/** With more curves than this what was logged behind the smoothed ones is only noise. */
const MOST_FAINT = 24;
/** Points of so short a curve are marked. */
const FEW_POINTS = 16;

/** Powers of ten would be too few ticks for values that differ by less than this factor. */
const SHORT_RANGE = 64;
/** How far a logarithmic axis reaches beyond the data. */
const MARGIN = 1.1;

/** The ends of a logarithmic axis are no round numbers. */
const LABELS = {
  linear: { hideOverlap: true },
  log: { hideOverlap: true, showMinLabel: false, showMaxLabel: false },
};

/** What ECharts is told to draw. */
export function curveOption({ lines, axis, log, from, to }: CurveDrawing): EChartsOption {
  const faint = lines.length <= MOST_FAINT ? lines.flatMap((line) => faintSeries(line, log)) : [];
  return {
    animation: false,
    grid: plotArea({ top: 10, right: 16, bottom: 6, left: 8 }),
    xAxis: bottomAxis(from ?? 'dataMin', to ?? 'dataMax', (value) => tickText(axis, value)),
    yAxis: {
      ...(log ? logAxis(lines) : { type: 'value', scale: true }),
      splitNumber: 4,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: styleColour('grid') } },
      axisLabel: {
        ...tickStyle(),
        ...LABELS[log ? 'log' : 'linear'],
        formatter: (value: number) => shortNumber(value, 3),
      },
    },
    series: [...lines.flatMap((line) => bandSeries(line, log)), ...faint, ...lines.map(lineSeries)],
  };
}

function lineSeries(line: Line): Series {
  const isShort = line.x.length <= FEW_POINTS;
  return {
    type: 'line',
    data: line.x.map((x, index) => pointOf(line, x, index, isShort)),
    symbol: 'none',
    symbolSize: 5,
    silent: true,
    lineStyle: { width: 1.75, color: colourOf(line), cap: 'round', join: 'round' },
    itemStyle: { color: colourOf(line) },
    z: 3,
  };
}

/** A point; it is marked where it stands alone, and would not be seen. */
function pointOf({ y }: Line, x: number, index: number, isMarked: boolean) {
  const value = [x, y[index] ?? '-'];
  const standsAlone = typeof y[index - 1] !== 'number' && typeof y[index + 1] !== 'number';
  return isMarked || standsAlone ? { value, symbol: 'circle' } : value;
}

/** What was logged, behind what is smoothed. */
function faintSeries(line: Line, log: boolean): Series[] {
  if (line.logged === undefined) return [];
  const drawn = line.logged.map((value) => (value === null || (log && value <= 0) ? '-' : value));
  return [
    {
      type: 'line',
      data: line.x.map((x, index) => [x, drawn[index] ?? '-']),
      symbol: 'none',
      silent: true,
      lineStyle: { width: 1, color: colourOf(line), opacity: 0.25 },
      z: 2,
    },
  ];
}

/** The area between `low` and `high`, in pieces where it is interrupted. */
function bandSeries({ x, low, high, ...line }: Line, log: boolean): Series[] {
  if (low === undefined || high === undefined) return [];
  const pieces: number[][] = [[]];
  for (const [index, position] of x.entries()) {
    const [bottom, top] = [low[index], high[index]];
    const isDrawn = typeof bottom === 'number' && typeof top === 'number' && (!log || bottom > 0);
    if (isDrawn) pieces.at(-1)?.push(position, bottom, top);
    else if (pieces.at(-1)?.length !== 0) pieces.push([]);
  }
  const areas = pieces.filter((piece) => piece.length > 3);
  return [
    {
      type: 'custom',
      silent: true,
      z: 1,
      clip: true,
      data: areas.flatMap((area, index) => {
        const triples = Array.from({ length: area.length / 3 }, (_, at) => area.slice(3 * at, 3 * at + 3));
        return triples.flatMap(([position, bottom, top]) => [
          [position, bottom, index],
          [position, top, index],
        ]);
      }) as number[][],
      renderItem: (params, api) => {
        if (params.dataIndex !== 0) return null;
        const colour = colourOf(line);
        const children = areas.map((area) => ({
          type: 'polygon' as const,
          shape: {
            points: outline(area, (position, value) => api.coord([position, value]) as [number, number]),
          },
          style: { fill: colour, opacity: 0.18 },
        }));
        return { type: 'group', children };
      },
    },
  ];
}

/** Along the lower side and back along the upper one. */
function outline(
  area: readonly number[],
  pixel: (position: number, value: number) => [number, number],
): [number, number][] {
  const indices = Array.from({ length: area.length / 3 }, (_, index) => 3 * index);
  const side = (offset: 1 | 2) => indices.map((at) => pixel(area[at] as number, area[at + offset] as number));
  return [...side(1), ...side(2).reverse()];
}

/** An axis that ends just beyond the data, not at a power; over a short range its ticks stand at powers of two. */
function logAxis(lines: readonly Line[]) {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of lines.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high])) {
    if (value === null || value <= 0) continue;
    [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  if (high === 0) return { type: 'log' as const };
  return {
    type: 'log' as const,
    logBase: high / low < SHORT_RANGE ? 2 : 10,
    min: low / MARGIN,
    max: high * MARGIN,
  };
}

function colourOf({ order }: Pick<Line, 'order'>): string {
  return runColour(order, theme());
}
