import { styleColour } from './theme.ts';

/** The text at the ticks of a chart. */
export function tickStyle() {
  return { color: styleColour('faint'), fontSize: 11, fontFamily: styleColour('font') };
}

/** The plot's edges inside of its box: so far, and as far as the ticks' text needs. */
export function plotArea(edges: { top: number; right: number; bottom: number; left: number }) {
  return { ...edges, outerBoundsMode: 'same' as const, outerBoundsContain: 'axisLabel' as const };
}

/** An axis of numbers from left to right; its ends are no round numbers, and have no text. */
export function bottomAxis(
  min: number | 'dataMin',
  max: number | 'dataMax',
  formatter: (value: number) => string,
) {
  return {
    type: 'value' as const,
    min,
    max,
    splitNumber: 5,
    axisLine: { onZero: false, lineStyle: { color: styleColour('grid') } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { ...tickStyle(), hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter },
  };
}
