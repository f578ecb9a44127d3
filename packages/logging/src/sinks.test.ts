import { readFileSync } from 'node:fs';
import { parseRow, splitRows } from '@loopwright/core/csv';
import { liveValues } from '@loopwright/event-files';
import { expectSink, type SinkContract } from '@loopwright/test-utils';
import { destination, pino } from 'pino';
import { describe, it } from 'vitest';
import { csv, jsonLines, pinoSink, tensorBoard } from './index.ts';
import { readFolder } from './tensor-board/read-folder.ts';

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
  tensorBoard: {
    make: (path) => tensorBoard(path, { clock }),
    read: readEvents,
    ownsFile: true,
    isFolder: true,
    stored: asTensorBoard,
  },
};

/** A clock of which no two calls agree, so that what was written at once can be told by its time. */
let milliseconds = 0;
const clock = () => milliseconds++;

function readEvents(path: string) {
  const records = new Map<number, Record<string, number | string>>();
  for (const event of liveValues([...readFolder(path)])) {
    const record = records.get(event.wallTime) ?? { step: event.step };
    if (event.kind === 'scalar') record[event.tag.replace('/', '.')] = event.value;
    if (event.kind === 'text') record[event.tag] = event.value.strings.join();
    records.set(event.wallTime, record);
  }
  return [...records.values()];
}

/** Every record has a step, numbers have 32 bits, and true is 1. */
function asTensorBoard({ step = 2, ...record }: Record<string, number | string | boolean>) {
  const rounded = Object.entries(record).map(
    ([name, value]) => [name, typeof value === 'string' ? value : Math.fround(Number(value))] as const,
  );
  return { step, ...Object.fromEntries(rounded) };
}

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
