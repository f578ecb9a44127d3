export { largestTriangles } from './lttb.ts';
export { plotCurves } from './plot-curves.ts';
export type {
  BarsPanel,
  CurveSeries,
  CurveStyle,
  CurvesPanel,
  Panel,
  PlotOptions,
} from './plot-options.ts';
export { renderCurves } from './render-curves.ts';
