import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { csv, type FileSink, jsonLines } from '@loopwright/logging';
import { magnitude } from '../outcome.ts';
import { sandbox } from '../sandbox.ts';
import { type Target, Violation } from '../target.ts';
import { boardCsv, boardJsonLines } from './board-logs.ts';

/** A sink that goes on in a file that somebody has written to. */
function appended(
  open: (path: string) => FileSink,
  checkEnd: (text: string) => void,
): (bytes: Uint8Array) => unknown {
  let folder: string | undefined;
  return (bytes) => {
    folder ??= sandbox();
    const path = join(folder, 'metrics');
    writeFileSync(path, bytes);
    const sink = open(path);
    try {
      sink.next({ step: 3, loss: 0.125 });
    } finally {
      sink.close();
    }
    const text = readFileSync(path, 'utf8');
    checkEnd(text);
    return [text.length, text.split('\n').length, text.split('"').length].map(magnitude).join(' ');
  };
}

const { dictionary: csvTokens = [] } = boardCsv;
const { dictionary: jsonTokens = [] } = boardJsonLines;

export const logCsv: Target = {
  name: 'csv',
  seeds: boardCsv.seeds,
  dictionary: csvTokens,
  parse: appended(csv, (text) => {
    if (!text.endsWith('\n')) throw new Violation('the table has no end');
  }),
};

export const logJsonLines: Target = {
  name: 'jsonl',
  seeds: boardJsonLines.seeds,
  dictionary: jsonTokens,
  parse: appended(jsonLines, (text) => {
    const last: unknown = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
    if (!isDeepStrictEqual(last, { step: 3, loss: 0.125 }))
      throw new Violation('the record is not the last line');
  }),
};
