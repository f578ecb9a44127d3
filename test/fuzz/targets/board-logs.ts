import { CsvDecoder } from '../../../packages/board/src/runs/csv-decoder.ts';
import type { DecoderFactory } from '../../../packages/board/src/runs/decoder.ts';
import { EventDecoder } from '../../../packages/board/src/runs/event-decoder.ts';
import { JsonLinesDecoder } from '../../../packages/board/src/runs/json-lines-decoder.ts';
import { Records } from '../../../packages/board/src/runs/records.ts';
import { magnitude } from '../outcome.ts';
import { bytesOf, type Target } from '../target.ts';
import { eventFiles } from './event-files.ts';

/** A log as it grows, in two pieces: nothing is thrown whatever it holds. */
function reader(make: DecoderFactory): (bytes: Uint8Array) => unknown {
  return (bytes) => {
    const records = new Records();
    const decoder = make(records);
    const half = bytes.length >> 1;
    decoder.take(bytes.subarray(0, half));
    decoder.take(bytes.subarray(half));
    const { series, texts, images, histograms, settings, unit, returns } = records;
    const problem = decoder.problem?.replace(/\d+/g, 'N');
    const names = [series, texts, images, histograms, settings].map(({ size }) => magnitude(size));
    const lengths = new Set([...series.values()].map(({ values }) => magnitude(values.length)));
    return [names, [...lengths].sort(), unit, magnitude(returns), decoder.isUnfinished, problem].join(' ');
  };
}

const names = [
  '"step":',
  '"epoch":',
  '"time":',
  '"split":"train"',
  '"loss":',
  'step',
  'epoch',
  'time',
  'NaN',
  '1e999',
  '"-Infinity"',
];

export const boardJsonLines: Target = {
  name: 'board-jsonl',
  seeds: () => [
    bytesOf('{"step":1,"loss":0.5}\n{"step":2,"loss":"NaN","note":"x"}\n'),
    bytesOf(
      '{"epoch":0,"split":"train","time":"2026-01-02T03:04:05Z","loss":1}\n{"epoch":1,"a":[1,{"b":2}]}\n',
    ),
  ],
  dictionary: [...names, '{"a":', '},{', '\n{}\n'],
  parse: reader((records) => new JsonLinesDecoder(records)),
  isRefusal: () => false,
};

export const boardCsv: Target = {
  name: 'board-csv',
  seeds: () => [
    bytesOf('step,loss\n1,0.5\n2,0.25\n'),
    bytesOf('epoch,"a ""b"", c",time\r\n0,x,2026-01-02\r\n1,"y\nz",\r\n'),
  ],
  dictionary: [...names, ',', ',,', '""', '\r\n', ',"', '"\n'],
  parse: reader((records) => new CsvDecoder(records)),
  isRefusal: () => false,
};

export const boardEvents: Target = {
  ...eventFiles,
  name: 'board-events',
  parse: reader((records) => new EventDecoder(records)),
};
