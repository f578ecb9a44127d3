import { drawnText, FAINT_INK, GRID_LINE, INK, TEXT_SIZE } from './theme.ts';

/** The look of an axis. */
export function axisStyle(label: string | undefined) {
  return {
    name: drawnText(label ?? ''),
    nameLocation: 'middle',
    nameGap: 8,
    nameTextStyle: { color: INK, fontSize: TEXT_SIZE },
    axisLine: { show: true, onZero: false, lineStyle: { color: FAINT_INK } },
    axisTick: { show: true, lineStyle: { color: FAINT_INK } },
    axisLabel: { color: INK, fontSize: TEXT_SIZE, hideOverlap: true, formatter: tickText },
    splitLine: { show: true, lineStyle: { color: GRID_LINE } },
  };
}

/** How far a side may reach beyond the data to end at a round number, as a part of the range. */
const SLACK = 0.06;
const TICKS = 5;

/**
 * Where an axis that the data should fill begins and ends: at a round number where one is near, else at the data, and
 * then without a label that would stand in the way of the others.
 */
export function tightRange(low: number, high: number) {
  const step = roundStep((high - low) / TICKS);
  const [min, max] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const [nearMin, nearMax] = [low - min, max - high].map((slack) => slack <= SLACK * (high - low));
  return {
    min: nearMin ? min : low,
    max: nearMax ? max : high,
    axisLabel: { showMinLabel: nearMin, showMaxLabel: nearMax },
  };
}

/** The ticks of a logarithmic axis over a short range stand at powers of two. */
export function logBase(low: number, high: number): 2 | 10 {
  return high / low < 30 ? 2 : 10;
}

/** 1, 2 or 5 times a power of ten, the next one above. */
function roundStep(step: number): number {
  if (step <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** A value at a tick: with thousands separated, and as a power of ten where it would be long. */
function tickText(value: number): string {
  return decimalText(value, 6);
}

/** The same on a logarithmic axis, where two digits place a value well enough. */
export function logTickText(value: number): string {
  return decimalText(value, 2);
}

function decimalText(value: number, digits: number): string {
  const magnitude = Math.abs(value);
  const rounded = Number(value.toPrecision(digits));
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e7)) return rounded.toExponential();
  return rounded.toLocaleString('en', { maximumSignificantDigits: digits });
}
