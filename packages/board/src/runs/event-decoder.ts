import {
  EventFileReader,
  type EventRecord,
  type HistogramBucket,
  type Hparams,
} from '@loopwright/event-files';
import type { Decoder } from './decoder.ts';
import type { Histogram, Records } from './records.ts';

/** The reader keeps a buffer of this size for each file. */
const PIECE = 2 ** 17;

/** What the sinks of Loopwright, Keras and PyTorch Lightning call the epoch among their scalars. */
const EPOCH = 'epoch';

/** Reads an event file of TensorBoard's. What follows a damaged record is lost, as it is for TensorBoard. */
export class EventDecoder implements Decoder {
  private readonly records: Records;
  private readonly reader = new EventFileReader();
  /** Plugins whose values are not shown. */
  private readonly others = new Set<string>();

  constructor(records: Records) {
    this.records = records;
    records.unit = 'step';
  }

  take(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += PIECE) {
      for (const record of this.reader.read(bytes.subarray(start, start + PIECE))) this.takeRecord(record);
    }
  }

  get problem(): string | undefined {
    const { damage } = this.reader;
    if (damage !== undefined) return `damaged from byte ${damage.position} on: ${damage.reason}`;
    const [other] = this.others;
    return other === undefined ? undefined : `holds values of the plugin ${other}, which are not shown`;
  }

  get isUnfinished(): boolean {
    return this.reader.pendingBytes > 0;
  }

  private takeRecord(record: EventRecord): void {
    const { records } = this;
    const { step } = record;
    const seconds = records.secondsAt(record.wallTime);
    switch (record.kind) {
      case 'scalar':
        if (record.tag === EPOCH && Number.isFinite(record.value)) records.epochs.state(step, record.value);
        else records.addValue(record.tag, step, record.value, seconds);
        break;
      case 'histogram':
        records.addHistogram(record.tag, step, asHistogram(record.value));
        break;
      case 'image':
        records.addImages(record.tag, step, record.value.images);
        break;
      case 'text':
        records.addText(record.tag, step, record.value.strings.join('\n\n'));
        break;
      case 'hparams':
        this.takeSettings(record.value);
        break;
      case 'start':
        records.restartAt(step);
        break;
      case 'other':
        this.others.add(record.plugin);
        break;
      case 'version':
        break;
    }
  }

  private takeSettings(value: Hparams): void {
    if (value.part !== 'start') return;
    for (const [name, setting] of Object.entries(value.hparams)) this.records.settings.set(name, setting);
  }
}

function asHistogram(buckets: readonly HistogramBucket[]): Histogram {
  return {
    left: buckets.map(({ left }) => left),
    right: buckets.map(({ right }) => right),
    counts: buckets.map(({ count }) => count),
  };
}
