export type { Ending, RangePoint } from './loss-curve.ts';
export type { RangeTestOptimizer, RangeTestOptions, RangeTestValidation } from './range-options.ts';
export { rangePanel } from './range-panel.ts';
export { type RangeTest, rangeTest } from './range-test.ts';
export type { RestorablePart } from './restore-point.ts';
export { type SuggestionMethod, type SuggestOptions, suggestLr } from './suggest-lr.ts';
export type { CurvePoint, Suggestion } from './suggestion.ts';
export type { SweepMode } from './sweep.ts';
