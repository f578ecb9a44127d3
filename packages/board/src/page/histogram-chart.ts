import type { HistogramAnswer } from '../server/answers.ts';
import { compactNumber, shortNumber } from '../view/format.ts';
import { bottomAxis, plotArea, tickStyle } from './chart-axes.ts';
import { make } from './dom.ts';
import { type ECharts, type EChartsOption, echarts } from './echarts.ts';
import { styleColour } from './theme.ts';

/** How many rows a full peak reaches over. */
const OVERLAP = 4;

/** Histograms one behind the other, the newest in front, as TensorBoard draws them. */
export class HistogramChart {
  private readonly chart: ECharts;
  private drawn: { readonly answer: HistogramAnswer; readonly colour: () => string } | undefined;

  constructor(plot: HTMLElement) {
    const canvas = make('div', { class: 'canvas' });
    plot.append(canvas);
    this.chart = echarts.init(canvas, null, { renderer: 'canvas' });
    new ResizeObserver(() => this.chart.resize()).observe(plot);
  }

  draw(answer: HistogramAnswer, colour: () => string): void {
    this.drawn = { answer, colour };
    this.chart.setOption(optionOf(answer, colour()), { notMerge: true });
  }

  redraw(): void {
    if (this.drawn !== undefined) this.draw(this.drawn.answer, this.drawn.colour);
  }
}

function optionOf({ min, max, rows }: HistogramAnswer, colour: string): EChartsOption {
  const peak = Math.max(...rows.flatMap(({ counts }) => counts), 1e-30);
  const bins = rows[0]?.counts.length ?? 1;
  const heights = rows.map(({ counts }) => counts.map((count) => (OVERLAP * count) / peak));
  const ground = styleColour('card');
  return {
    animation: false,
    grid: plotArea({ top: 14, right: 8, bottom: 6, left: 12 }),
    xAxis: bottomAxis(min, max, (value) => shortNumber(value, 3)),
    yAxis: {
      type: 'value',
      position: 'right',
      inverse: true,
      min: -OVERLAP,
      max: Math.max(1, rows.length - 1),
      minInterval: 1,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        ...tickStyle(),
        formatter: (row: number) => (rows[row] === undefined ? '' : compactNumber(rows[row].position)),
      },
    },
    series: [
      {
        type: 'custom',
        silent: true,
        data: rows.map((_, row) => [min, row]),
        renderItem: (params, api) => {
          const row = params.dataIndex;
          const share = rows.length < 2 ? 1 : row / (rows.length - 1);
          const width = (max - min) / bins;
          const tops = (heights[row] ?? []).map((height, bin) =>
            api.coord([min + (bin + 0.5) * width, row - height]),
          );
          const [start, end] = [api.coord([min, row]), api.coord([max, row])];
          return {
            type: 'group',
            children: [
              {
                type: 'polygon',
                shape: { points: [start, ...tops, end] as [number, number][] },
                style: { fill: ground },
              },
              {
                type: 'polygon',
                shape: { points: [start, ...tops, end] as [number, number][] },
                style: { fill: colour, opacity: 0.15 + 0.5 * share, stroke: ground, lineWidth: 0.75 },
              },
            ],
          };
        },
      },
    ],
  };
}
