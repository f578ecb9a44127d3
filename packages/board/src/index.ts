export { type Report, type ReportOptions, writeReport } from './report/write-report.ts';
export type { CheckpointInfo } from './runs/checkpoint-info.ts';
export { type Axis, type CurveRequest, curveOf } from './runs/curve.ts';
export type { Band, Curve } from './runs/curve-types.ts';
export type { Run } from './runs/run.ts';
export { RunFolder } from './runs/run-folder.ts';
export { seedBand } from './runs/seed-band.ts';
export type { Study } from './runs/studies.ts';
export { type Board, type BoardOptions, serveBoard } from './server/serve-board.ts';
