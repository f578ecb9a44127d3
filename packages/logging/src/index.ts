export { type CsvOptions, csv } from './csv.ts';
export type { FileSink, FileSinkOptions } from './file-sink.ts';
export { jsonLines } from './json-lines.ts';
export {
  type LoggerSink,
  type LogLevel,
  type PinoSinkOptions,
  pinoSink,
  type RecordLogger,
} from './pino-sink.ts';
export { type RunCard, type RunCardOptions, type RunStart, runCard } from './run-card/run-card.ts';
export type { HistogramInput } from './tensor-board/histogram-values.ts';
export type { HparamInput, HparamResults } from './tensor-board/hparams-values.ts';
export type { Pixels } from './tensor-board/png.ts';
export type { StepRule } from './tensor-board/positions.ts';
export { type TensorBoardOptions, tensorBoard } from './tensor-board/tensor-board.ts';
export type { TensorBoardSink } from './tensor-board/tensor-board-sink.ts';
export type { ImageInput } from './tensor-board/to-images.ts';
