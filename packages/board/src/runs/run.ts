import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type CheckpointInfo, checkpointInfo } from './checkpoint-info.ts';
import { CsvDecoder } from './csv-decoder.ts';
import type { EpochClock } from './epoch-clock.ts';
import { EventDecoder } from './event-decoder.ts';
import type { RunFiles } from './find-files.ts';
import { JsonFile } from './json-file.ts';
import { JsonLinesDecoder } from './json-lines-decoder.ts';
import { nextVersion } from './next-version.ts';
import { MOST_NAMES, type Records } from './records.ts';
import { seedGroup } from './seed-group.ts';
import type { Series } from './series.ts';
import { type Setting, settingsOf } from './settings.ts';
import { Source } from './source.ts';

/** A metric of a run. */
export interface Metric {
  readonly series: Series;
  /** What its positions are. */
  readonly unit: Records['unit'];
  /** Which epoch a step belongs to; undefined if nothing tells. */
  readonly epochs: EpochClock | undefined;
}

/** A folder with the logs of a training, and what has been read of them so far. */
export class Run {
  /** Made from the folder's path, so that it stays the same; tells nothing of it. */
  readonly id: string;
  /** Its folder, relative to that of all runs. */
  readonly folder: string;
  /** What people call it: its folder. */
  readonly name: string;
  /** The name that runs share which differ in their seed alone. */
  readonly group: string | undefined;
  /** The place in which it was found: runs that appear later come after. */
  readonly order: number;
  /** Changes with every change. */
  version = nextVersion();
  /** The run whose folder this one's lies in. */
  parent: Run | undefined;

  private readonly root: string;
  private metricsPath: string | undefined;
  private metrics: Source | undefined;
  private events: Source | undefined;
  private card: JsonFile | undefined;
  private manifests = new Map<string, JsonFile>();

  constructor(root: string, folder: string, order: number) {
    this.root = root;
    this.folder = folder;
    this.name = folder === '.' ? posix.basename(root) : folder;
    this.id = createHash('sha256').update(folder).digest('base64url').slice(0, 8);
    this.group = seedGroup(this.name);
    this.order = order;
  }

  /** Sets which files there are. `card` may be that of a folder above. */
  setFiles({ metrics, events, manifests }: RunFiles, card: string | undefined): void {
    if (metrics !== this.metricsPath) {
      this.metricsPath = metrics;
      this.metrics = metrics === undefined ? undefined : this.metricsSource(metrics);
      this.version = nextVersion();
    }
    this.metrics?.setFiles(metrics === undefined ? [] : [metrics]);
    if (events.length > 0) this.events ??= new Source(this.root, (records) => new EventDecoder(records));
    this.events?.setFiles(events);
    if (card !== this.card?.path) {
      this.card = card === undefined ? undefined : new JsonFile(this.root, card);
      this.version = nextVersion();
    }
    if (manifests.length !== this.manifests.size) this.version = nextVersion();
    this.manifests = new Map(
      manifests.map((path) => [path, this.manifests.get(path) ?? new JsonFile(this.root, path)]),
    );
  }

  /**
   * Reads what is new, in pieces, and lets others have their turn in between.
   *
   * @param isOver whether no further piece is wanted
   * @returns whether anything was new
   */
  async refresh(isOver = () => false): Promise<boolean> {
    let changed = false;
    for (const source of this.sources) {
      while (!isOver() && (await source.readSome())) {
        changed = true;
        this.version = nextVersion();
        await new Promise(setImmediate);
      }
    }
    for (const file of [...(this.card === undefined ? [] : [this.card]), ...this.manifests.values()]) {
      if (await file.refresh()) changed = true;
    }
    if (changed) this.version = nextVersion();
    return changed;
  }

  /** Names of metrics, each once: `train/loss` of event files is the `train.loss` of the records that they were made from. */
  get tags(): string[] {
    const rows = [...(this.metrics?.records.series.keys() ?? [])];
    const told = new Set(rows.flatMap((tag) => [tag, eventTag(tag)]));
    const logged = [...(this.events?.records.series.keys() ?? [])];
    return [...rows, ...logged.filter((tag) => !told.has(tag))];
  }

  /** A metric; where several logs have it, of `metrics.jsonl` rather than of event files. */
  metric(tag: string): Metric | undefined {
    for (const { records } of this.sources) {
      const series = records.series.get(tag);
      if (series === undefined || series.length === 0) continue;
      const epochs = records.epochs.isSet ? records.epochs : this.epochs;
      return { series, unit: records.unit, epochs };
    }
    return undefined;
  }

  /** Which epoch a step belongs to, by any of the logs, else by the run in a folder above: that of `train` and `validation`. */
  private get epochs(): EpochClock | undefined {
    const own = this.records.find(({ epochs }) => epochs.isSet);
    return own?.epochs ?? this.parent?.epochs;
  }

  /** Of all logs; the names of one log do not hide those of another. */
  get records(): Records[] {
    return this.sources.map(({ records }) => records);
  }

  /** What the run was started with, and on what; undefined if nothing says so. */
  get cardContent(): unknown {
    return this.card?.content;
  }

  /** Hyper-parameters by name. */
  get settings(): Map<string, Setting> {
    const logged = this.records.flatMap(({ settings }) => [...settings]);
    return new Map([...settingsOf(this.card?.content), ...logged]);
  }

  /** In the order of their names. */
  get checkpoints(): CheckpointInfo[] {
    return [...this.manifests].flatMap(([path, file]) => {
      return checkpointInfo(posix.basename(posix.dirname(path)), file.content) ?? [];
    });
  }

  /** What could not be read, and what is not shown, in words. */
  get problems(): string[] {
    const files = [...(this.card === undefined ? [] : [this.card]), ...this.manifests.values()];
    return [
      ...this.sources.flatMap((source) => source.problems),
      ...files.flatMap(({ problem }) => problem ?? []),
      ...this.records.flatMap(returned),
      ...this.records.flatMap(({ isTooWide }) =>
        isTooWide ? [`has more than ${MOST_NAMES} names; others are not shown`] : [],
      ),
    ];
  }

  /** When its logs were last written to: milliseconds since 1970. */
  get modifiedMs(): number {
    return Math.max(0, ...this.sources.map((source) => source.modifiedMs));
  }

  get bytesRead(): number {
    return this.sources.reduce((sum, source) => sum + source.bytesRead, 0);
  }

  private get sources(): Source[] {
    return [this.metrics, this.events].filter((source) => source !== undefined);
  }

  private metricsSource(path: string): Source {
    return new Source(this.root, (records) =>
      path.endsWith('.csv') ? new CsvDecoder(records) : new JsonLinesDecoder(records),
    );
  }
}

/** What `tensorBoard` of `@loopwright/logging` makes of a name. */
function eventTag(name: string): string {
  return name.includes('/') ? name : name.replace('.', '/');
}

function returned({ returns }: Records): string[] {
  if (returns === 0) return [];
  const times = returns === 1 ? 'once' : `${returns} times`;
  return [`went back to an earlier step ${times}; what had come after it is not shown`];
}
