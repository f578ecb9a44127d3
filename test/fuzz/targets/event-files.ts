import {
  EventFileReader,
  encodeFileStart,
  encodeSessionStart,
  encodeSummary,
  frameRecord,
} from '@loopwright/event-files';
import { shapeOfResult } from '../outcome.ts';
import { type Target, Violation } from '../target.ts';

const options = { part: 'start', hparams: { lr: 0.1, name: 'x', on: true }, group: 'g', time: 1 } as const;
const moment = { step: 1, wallTime: 0.5 };

/** Event files as they grow: the reader throws nothing, and reads the same in whatever pieces they come. */
export const eventFiles: Target = {
  name: 'event-files',
  seeds: () => [
    Buffer.concat([encodeFileStart({ wallTime: 0 }), encodeSessionStart(moment), encodeSessionStart(moment)]),
    ...[
      encodeSummary({
        ...moment,
        values: [
          { kind: 'scalar', tag: 'loss', value: 0.25 },
          { kind: 'histogram', tag: 'weights', value: [{ left: -1, right: 1, count: 3 }] },
          { kind: 'text', tag: 'note', value: { strings: ['a', 'b'], shape: [2] } },
        ],
      }),
      encodeSummary({ ...moment, values: [{ kind: 'hparams', tag: 'h', value: options }] }),
      encodeSummary({
        ...moment,
        values: [{ kind: 'image', tag: 'i', value: { width: 1, height: 1, images: [Uint8Array.of(1, 2)] } }],
      }),
    ],
  ],
  dictionary: [
    'scalars',
    'histograms',
    'images',
    'text',
    'hparams',
    '\x0a\xff\xff\xff\xff\x0f',
    '\x80\x80\x80',
    '\x12\x00',
    '\x2a\x02',
  ],
  /** All that follows the header of the first one becomes the data of one record. */
  repair: (bytes) => frameRecord(bytes.subarray(12, Math.max(12, bytes.length - 4))),
  parse(bytes) {
    const whole = new EventFileReader();
    const records = whole.read(bytes);
    const pieces = new EventFileReader();
    const half = bytes.length >> 1;
    const count = pieces.read(bytes.subarray(0, half)).length + pieces.read(bytes.subarray(half)).length;
    if (count !== records.length) throw new Violation('what is read depends on the pieces');
    const kinds = records.map(({ kind, ...rest }) => `${kind} ${shapeOfResult(rest, 3)}`);
    return `${[...new Set(kinds)].sort().slice(0, 4).join()} ${whole.damage?.reason.replace(/\d+/g, 'N')}`;
  },
  isRefusal: () => false,
};
