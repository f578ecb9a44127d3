export {
  type CompareOptions,
  type Comparison,
  compare,
  type Results,
  type SeededRun,
  type Verdict,
} from './compare.ts';
export {
  type CompareSpreadsOptions,
  compareSpreads,
  type SpreadComparison,
  type SpreadVerdict,
} from './compare-spreads.ts';
export { type LedgerContent, readLedger } from './ledger.ts';
export { type Repeated, type RepeatOptions, type RunValues, repeat } from './repeat.ts';
export type { CompletedRun, FailedRun } from './run-outcome.ts';
export { type Summary, summarize } from './summarize.ts';
export type { TTest } from './t-test.ts';
export { type ValuesPanel, type ValuesPanelOptions, valuesPanel } from './values-panel.ts';
