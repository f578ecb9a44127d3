import type { EChartsCoreOption } from 'echarts/core';
import { axisStyle, logBase, logTickText, tightRange } from './axis.ts';
import { type CurvePoint, curveSegments } from './curve-points.ts';
import { frame } from './panel-frame.ts';
import type { CurveSeries, CurveStyle, CurvesPanel } from './plot-options.ts';
import { drawnText, PALETTE } from './theme.ts';

/** Curves of so few points show each of them. */
const FEW_POINTS = 12;

/** A piece of the line, as outlines to be filled: ECharts' own would hide its dashes behind a dot. */
const LEGEND_ICONS = {
  solid: 'path://M0 0H24V3H0Z',
  dashed: 'path://M0 0H10V3H0ZM14 0H24V3H14Z',
  dotted: 'path://M0 0H4V3H0ZM7 0H11V3H7ZM14 0H18V3H14ZM21 0H24V3H21Z',
} as const;

/** What ECharts is told to draw a panel of curves. */
export function curvesOption(panel: CurvesPanel, width: number): EChartsCoreOption {
  const log = panel.yScale === 'log';
  const curves = panel.series.map((series, index) => ({
    name: drawnText(series.name),
    style: completeStyle(series, index),
    segments: curveSegments(series, log),
  }));
  const points = curves.flatMap(({ segments }) => segments.flat());
  const [left, right] = rangeOf(points.map(({ x }) => x));
  const [floor, ceiling] = rangeOf(points.map(({ y }) => y));
  const legend = curves.length > 1 || panel.title === undefined ? curves.map(legendEntry) : [];
  const [x, y] = [axisStyle(panel.xLabel), axisStyle(panel.yLabel)];
  const tight = tightRange(left, right);
  return {
    ...frame(panel, width, legend),
    xAxis: { type: 'value', ...x, ...tight, axisLabel: { ...x.axisLabel, ...tight.axisLabel } },
    yAxis: log
      ? {
          ...y,
          type: 'log',
          logBase: logBase(floor, ceiling),
          axisLabel: { ...y.axisLabel, formatter: logTickText },
        }
      : { ...y, type: 'value', scale: true },
    series: [
      ...curves.map(({ segments, style }) =>
        bandSeries(segments, style, log ? floor : Number.NEGATIVE_INFINITY),
      ),
      ...curves.map(({ name, segments, style }) => lineSeries(name, segments, style)),
    ],
  };
}

function completeStyle({ style = {} }: CurveSeries, index: number): Required<CurveStyle> {
  const round = Math.floor(index / PALETTE.length);
  return {
    color: style.color ?? (PALETTE[index % PALETTE.length] as string),
    line: style.line ?? (['solid', 'dashed', 'dotted'] as const)[round % 3] ?? 'solid',
    width: style.width ?? 2,
  };
}

function legendEntry({ name, style }: { readonly name: string; readonly style: Required<CurveStyle> }) {
  return { name, icon: LEGEND_ICONS[style.line], itemStyle: { color: style.color } };
}

function lineSeries(name: string, segments: readonly CurvePoint[][], style: Required<CurveStyle>) {
  const few = segments.flat().length <= FEW_POINTS;
  const data = segments.flatMap((segment) => [
    ...segment.map(({ x, y }) => ({
      value: [x, y],
      // A point without neighbours has no line to be seen by.
      symbol: few || segment.length === 1 ? 'circle' : 'none',
    })),
    { value: [Number.NaN, Number.NaN], symbol: 'none' },
  ]);
  return {
    type: 'line',
    name,
    data: data.slice(0, -1),
    symbol: 'none',
    showSymbol: true,
    showAllSymbol: true,
    symbolSize: 2 * style.width + 1,
    lineStyle: { color: style.color, width: style.width, type: style.line, join: 'round' },
    itemStyle: { color: style.color, borderWidth: 0 },
  };
}

/** The areas between low and high. ECharts' stacked areas cannot do this on a logarithmic axis. */
function bandSeries(segments: readonly CurvePoint[][], style: Required<CurveStyle>, floor: number) {
  const areas = segments.flatMap(bandAreas);
  const edge = (low: number) => Math.max(low, floor);
  return {
    type: 'custom',
    silent: true,
    clip: true,
    z: 1,
    data: areas.flat().map(({ x, low, high }) => [x, edge(low), edge(high)]),
    encode: { x: 0, y: [1, 2] },
    renderItem: (params: { dataIndex: number }, api: { coord(point: number[]): number[] }) => {
      if (params.dataIndex > 0) return undefined;
      const polygon = (area: BandPoint[]) => ({
        type: 'polygon',
        shape: {
          points: [
            ...area.map(({ x, high }) => api.coord([x, edge(high)])),
            ...area.toReversed().map(({ x, low }) => api.coord([x, edge(low)])),
          ],
        },
        style: { fill: style.color, opacity: 0.18 },
      });
      return { type: 'group', children: areas.map(polygon) };
    },
  };
}

interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** The stretches of a segment that have a band. */
function bandAreas(segment: readonly CurvePoint[]): BandPoint[][] {
  const areas: BandPoint[][] = [[]];
  for (const { x, band } of segment) {
    if (band) areas.at(-1)?.push({ x, low: band[0], high: band[1] });
    else areas.push([]);
  }
  return areas.filter((area) => area.length > 1);
}

/** Smallest and largest; from 0 to 1 where there is nothing to draw. */
function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  if (values.length === 0) return [0, 1];
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}
