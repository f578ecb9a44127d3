export {
  defaultMode,
  type ProgressBars,
  type ProgressBarsOptions,
  type ProgressMode,
  progressBars,
} from './progress-bars.ts';
export type { EpochSpan, ProgressDisplay, ProgressPass } from './progress-display.ts';
export type { ProgressStream } from './progress-stream.ts';
export {
  type EpochsOptions,
  ProgressTracker,
  type ProgressTrackerOptions,
  type TrackOptions,
} from './progress-tracker.ts';
export type { EpochsView, PassView, ProgressView } from './progress-view.ts';
export { type RenderStyle, renderBars, renderLine } from './render.ts';
export type { ScalarLike, ShownRecord } from './shown-record.ts';
