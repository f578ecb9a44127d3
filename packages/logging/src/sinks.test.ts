import { readFileSync } from 'node:fs';
import { expectSink, type SinkContract } from '@loopwright/test-utils';
import { destination, pino } from 'pino';
import { describe, it } from 'vitest';
import { parseRow, splitRows } from './csv-format.ts';
import { csv, jsonLines, pinoSink } from './index.ts';

/** All sinks; a new one is one row. */
const registry: Record<string, SinkContract> = {
  jsonLines: { make: (path) => jsonLines(path), read: readLines, ownsFile: true },
  csv: { make: (path) => csv(path), read: readTable, ownsFile: true },
  'csv with columns': {
    make: (path) => csv(path, { columns: ['epoch', 'step'] }),
    read: readTable,
    ownsFile: true,
  },
  pinoSink: {
    make: (path) => pinoSink(pino({ base: null }, destination({ dest: path, sync: true, mkdir: true }))),
    read: (path) => readLines(path).map(({ level, time, ...record }) => record),
    ownsFile: false,
  },
};

function readLines(path: string) {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, string>);
}

function readTable(path: string) {
  const [header = '', ...rows] = splitRows(readFileSync(path, 'utf8')).rows;
  const columns = parseRow(header);
  return rows.map((row) =>
    Object.fromEntries(
      parseRow(row)
        .map((cell, index) => [columns[index] as string, cell])
        .filter(([, cell]) => cell !== ''),
    ),
  );
}

describe.each(Object.entries(registry))('%s', (_, contract) => {
  it('keeps the contract of sinks', () => expectSink(contract));
});
