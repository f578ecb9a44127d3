import type { BoardState } from '../view/board-state.ts';
import { compactNumber, duration, exactNumber } from '../view/format.ts';

/** A position at a tick of the axis. */
export function tickText(axis: BoardState['axis'], value: number): string {
  return axis === 'time' ? duration(value) : compactNumber(value);
}

/** A position with all its digits. */
export function positionText(axis: BoardState['axis'], value: number): string {
  if (axis === 'time') return duration(value);
  return axis === 'step' ? exactNumber(value) : String(Number(value.toFixed(4)));
}
