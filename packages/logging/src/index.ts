export { type CsvOptions, csv } from './csv.ts';
export type { FileSink, FileSinkOptions } from './file-sink.ts';
export { jsonLines } from './json-lines.ts';
export { type InfoLogger, type LoggerSink, pinoSink } from './pino-sink.ts';
export { type RunCard, type RunCardOptions, type RunStart, runCard } from './run-card/run-card.ts';
