import { join, resolve } from 'node:path';
import { readTensorsInto, show } from '@loopwright/core';
import { encodeRawChunks } from '@loopwright/safetensors/raw';
import { BackgroundSave, type PendingSave } from './background-save.ts';
import { check } from './check.ts';
import type { CheckpointEvent } from './checkpoint-event.ts';
import { CheckpointFolder } from './checkpoint-folder.ts';
import type { CheckpointInfo } from './checkpoint-info.ts';
import { checkpointName, type Unit } from './checkpoint-name.ts';
import { DamagedCheckpointError } from './damaged-checkpoint-error.ts';
import type { FileSystem } from './file-system.ts';
import { listComplete, listNames } from './list-checkpoints.ts';
import type { Metrics } from './manifest.ts';
import { namingFailures } from './named-failures.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { warn } from './process-end.ts';
import { type Reading, readCheckpoint } from './read-checkpoint.ts';
import { type BestRule, byMerit, type Retention } from './retention.ts';
import { captureRun, checkRun, type Run, restoreRun } from './run.ts';
import type { SaveJob } from './save-job.ts';
import { type CheckpointSaverOptions, checkBestRule, checkMetrics, checkRetention } from './saver-options.ts';
import { encodeStates } from './state-codec.ts';
import { StorageError } from './storage-error.ts';
import type { Beside } from './turns.ts';

/** Options of {@link CheckpointSaver.load}. */
export interface LoadOptions {
  /** Load the parts that are given and leave out the checkpoint's others, which are refused otherwise. */
  readonly subset?: boolean;
}

/** A checkpoint: its epoch (or step), or what `list`, `findLast` or `findBest` returned. */
export type CheckpointReference = number | CheckpointInfo;

/**
 * Saves everything that a run needs to go on, and brings it back.
 *
 * Each checkpoint is a folder. It is written beside, flushed to the disk and renamed, with a manifest of sizes and
 * checksums, so whatever happens, what is listed is whole. Older ones are removed when the new one is in place, never
 * the newest, the best or the one just saved. Nothing inside depends on where the folder is.
 *
 * A save returns when the state is copied, and is written beside the loop; every call waits for those before it. The
 * process does not end before the last one is written, unless it is killed.
 *
 * The first `save` or `resume` locks the folder for the process until {@link close}, or until the savers for it are garbage
 * or the process ends; savers of one process share the lock. Reading takes none.
 *
 * After ignite's `Checkpoint` and pytorch-nn-tools' `CheckpointSaver`; a folder that holds all parts replaces their
 * files, which could belong to different moments.
 *
 * @param directory made when something is saved
 * @throws LoopwrightError for bad options, by name
 * @example
 * const checkpoints = new CheckpointSaver('runs/example/checkpoints', { keepLast: 2 });
 * const progress = new ProgressTracker();
 * const run = { model, optimizer, progress };
 * for (const epoch of progress.epochs(epochs, { from: await checkpoints.resume(run) })) {
 *   await checkpoints.save(epoch, run, { 'val.accuracy': 0.9 });
 * }
 */
export class CheckpointSaver {
  /** Where the checkpoints are, as an absolute path. */
  readonly directory: string;
  private readonly unit: Unit;
  private readonly retention: Retention;
  private readonly onSaveError: 'throw' | 'warn';
  private readonly onEvent: ((event: CheckpointEvent) => void) | undefined;
  private readonly report: (event: CheckpointEvent) => void;
  private readonly files: FileSystem;
  private readonly folder: CheckpointFolder;
  private readonly ticket = {};
  private lastSave: BackgroundSave | undefined;

  constructor(directory: string, options?: CheckpointSaverOptions) {
    const {
      keepLast,
      keepBest,
      unit = 'epoch',
      onSaveError = 'throw',
      onEvent,
      fileSystem = nodeFileSystem,
    } = check.options(options, ['keepLast', 'keepBest', 'unit', 'onSaveError', 'onEvent', 'fileSystem']);
    this.directory = resolve(check.string('directory', directory));
    this.unit = check.oneOf('unit', unit, ['epoch', 'step']);
    this.retention = checkRetention(check, keepLast, keepBest);
    this.onSaveError = check.oneOf('onSaveError', onSaveError, ['throw', 'warn']);
    this.onEvent = onEvent && check.func('onEvent', onEvent);
    this.report = (event) => this.onEvent?.(event);
    this.files = namingFailures(fileSystem, check);
    this.folder = CheckpointFolder.open(this, this.ticket, this.directory, fileSystem);
  }

  /**
   * Saves a run: returns when its state is copied, so that the loop can go on while it is written. Await it before the run
   * changes. If the save before is not written yet, it waits for that first.
   *
   * A checkpoint of the same epoch is replaced. When the new one is in place, those that are not to be kept are removed.
   *
   * Should it turn out later that it cannot be written, the next call on the saver throws that (a `save`, after it has tried
   * to write its own state). If none follows, the error is printed as the process ends, which then does not end with code 0.
   *
   * @param epoch of the state: the one that has just been trained. An integer of at least 0
   * @param run borrowed. It waits for the device
   * @param metrics kept with the checkpoint, for `findBest` and `keepBest`
   * @returns what is being saved, and `written()`, which waits until it is
   * @throws LoopwrightError if an argument is bad, a part cannot be saved, `keepBest`'s metric is missing, or another
   * process writes to the folder
   * @throws StorageError naming path and size, if an earlier save could not be written. Earlier checkpoints are intact then
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints');
   * const saved = await checkpoints.save(0, { model, optimizer }, { loss: 0.5 });
   * saved.name; // 'epoch-000000'
   * await saved.written();
   */
  async save(epoch: number, run: Run, metrics: Metrics = {}): Promise<PendingSave> {
    check.integer('epoch', epoch, { min: 0 });
    checkMetrics(check, metrics, this.retention.keepBest);
    checkRun(check, run);
    const numbers = { ...metrics };
    return this.folder.turns.take((beside) => this.copyAndWrite(epoch, run, numbers, beside));
  }

  /**
   * Waits until everything is written.
   *
   * @throws StorageError if the last save could not be written, and nobody has been told yet
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints');
   * await checkpoints.save(0, { model });
   * await checkpoints.settled();
   */
  async settled(): Promise<void> {
    await this.inTurn(async () => undefined);
  }

  /**
   * Waits until everything is written and unlocks the folder, for another process to go on with. A later `save` or `resume`
   * locks it again.
   *
   * @throws StorageError as {@link settled}, with the folder unlocked
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints');
   * await checkpoints.save(0, { model });
   * await checkpoints.close();
   */
  async close(): Promise<void> {
    await this.folder.turns.take(() => this.folder.unlock(this.ticket));
    await this.settled();
  }

  /**
   * Loads a checkpoint into a run: all of it, or nothing. The checkpoint's files are compared with their checksums first.
   *
   * Every part of the run must be in the checkpoint, and the other way around; `subset` lifts the latter. While it
   * loads, there is a second copy of the state of everything but models, to be put back if a part refuses.
   *
   * @param run changed; it stays the caller's
   * @throws DamagedCheckpointError if a file differs from what was written
   * @throws LoopwrightError if there is no such checkpoint, a part is missing or unknown, or one refuses its state
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints');
   * await checkpoints.save(0, { model, optimizer }, { loss: 0.5 });
   * const { metrics } = await checkpoints.load(0, { model }, { subset: true });
   * metrics.loss; // 0.5
   */
  async load(reference: CheckpointReference, run: Run, options?: LoadOptions): Promise<CheckpointInfo> {
    const { subset = false } = check.options(options, ['subset']);
    check.boolean('subset', subset);
    checkRun(check, run);
    return this.inTurn(async () => {
      const { info, states } = await readCheckpoint(await this.locate(reference));
      const wanted = subset ? Object.entries(states).filter(([name]) => Object.hasOwn(run, name)) : undefined;
      restoreRun(check, run, wanted === undefined ? states : Object.fromEntries(wanted));
      return info;
    });
  }

  /**
   * Brings a run back to where it was last saved, and says with what it goes on.
   *
   * The newest checkpoint is loaded. If it is damaged, it is passed over for the one before it; if all of them are, that
   * is an error. The folder is made and locked; what dead processes left there is cleared away. All of this is told to
   * `onEvent`. To load without writing to the folder, use `findLast` and `load`.
   *
   * @param run changed if there is a checkpoint; it stays the caller's
   * @returns the epoch (or step) after the loaded one, or 0 if there is none
   * @throws LoopwrightError as {@link load}, if all checkpoints are damaged, or if another process writes to the folder
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints', { onEvent: ({ message }) => console.log(message) });
   * await checkpoints.resume({ model, optimizer }); // 0
   * await checkpoints.save(4, { model, optimizer });
   * await checkpoints.resume({ model, optimizer }); // 5
   */
  async resume(run: Run): Promise<number> {
    checkRun(check, run);
    return this.inTurn(async () => {
      await this.lock();
      return this.loadNewest(run);
    });
  }

  /**
   * The complete checkpoints, the oldest first. Manifests and sizes are looked at, checksums are not: see {@link verify}.
   *
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints');
   * await checkpoints.save(0, { model });
   * (await checkpoints.list()).map(({ name }) => name); // ['epoch-000000']
   */
  async list(): Promise<CheckpointInfo[]> {
    return this.inTurn(() => listComplete(this.files, this.directory, this.unit));
  }

  /**
   * The complete checkpoint of the highest epoch, or `undefined` if there is none.
   *
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints');
   * const last = await checkpoints.findLast();
   * if (last) await checkpoints.load(last, { model }, { subset: true });
   */
  async findLast(): Promise<CheckpointInfo | undefined> {
    return (await this.list()).at(-1);
  }

  /**
   * The complete checkpoint whose metric is best, the earliest of equals, or `undefined` if none has a number for it.
   *
   * @param rule by default `keepBest`'s
   * @throws LoopwrightError if neither is given
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints', { keepBest: { metric: 'loss', mode: 'min' } });
   * await checkpoints.save(0, { model }, { loss: 0.5 });
   * await checkpoints.save(1, { model }, { loss: 0.7 });
   * const best = await checkpoints.findBest();
   * best?.epoch; // 0
   */
  async findBest(rule?: BestRule): Promise<CheckpointInfo | undefined> {
    const best = rule === undefined ? this.retention.keepBest : checkBestRule(check, rule);
    if (best === undefined) return check.fail('findBest needs { metric, mode }, here or as keepBest');
    return byMerit(await this.list(), best)[0];
  }

  /**
   * Compares every file of a checkpoint with its checksum, and takes the state apart.
   *
   * @throws DamagedCheckpointError if anything differs from what was written
   * @throws LoopwrightError if there is no such checkpoint
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints');
   * await checkpoints.save(0, { model });
   * for (const checkpoint of await checkpoints.list()) await checkpoints.verify(checkpoint);
   */
  async verify(reference: CheckpointReference): Promise<CheckpointInfo> {
    return this.inTurn(async () => (await readCheckpoint(await this.locate(reference))).info);
  }

  /** One call after the other, whether or not the caller waits for them; a save that failed beside is thrown first. */
  private inTurn<T>(call: () => Promise<T>): Promise<T> {
    return this.folder.turns.take(async () => {
      const failure = this.lastSave?.takeFailure();
      if (failure !== undefined) throw failure;
      return call();
    });
  }

  private async copyAndWrite(
    epoch: number,
    run: Run,
    metrics: Metrics,
    beside: Beside,
  ): Promise<PendingSave> {
    const { copy } = this.folder;
    copy.begin();
    const states = readTensorsInto(
      (bytes) => copy.allocate(bytes),
      () => captureRun(check, run),
    );
    const { json, tensors } = encodeStates(states, check.fail);
    const job: SaveJob = {
      unit: this.unit,
      epoch,
      created: new Date().toISOString(),
      metrics,
      json: [new TextEncoder().encode(json)],
      tensors: encodeRawChunks(tensors).map((chunk) => copy.hold(chunk)),
      retention: this.retention,
    };
    const earlier = this.lastSave?.takeFailure();
    await this.lock();
    const save = this.startSave(job);
    beside(save.outcome);
    if (earlier === undefined) return save.pending;
    await save.pending.written();
    throw earlier;
  }

  private startSave(job: SaveJob): BackgroundSave {
    const { epoch, metrics, created, json, tensors } = job;
    const name = checkpointName(this.unit, epoch);
    const path = join(this.directory, name);
    const bytes = [...json, ...tensors].reduce((total, { length }) => total + length, 0);
    const save = new BackgroundSave(
      { epoch, metrics, created, name, path, bytes },
      (settle) => this.folder.start({ kind: 'save', job }, { report: this.report, settle }),
      (save, error) => this.onFailure(save, error),
    );
    this.lastSave = save;
    return save;
  }

  private onFailure(save: BackgroundSave, error: Error): void {
    const message = `could not save ${show(save.path)}: ${error.message}`;
    this.report({ kind: 'failed', message, path: save.path });
    if (!this.isBorne(error)) return;
    save.tell();
    if (this.onEvent === undefined) warn(message);
  }

  /** Locks the folder. Where failures of storage are borne, saves will be tried all the same. */
  private async lock(): Promise<void> {
    try {
      await this.folder.lock(this.ticket, this.report);
    } catch (error) {
      if (!this.isBorne(error)) throw error;
    }
  }

  private isBorne(error: unknown): boolean {
    return this.onSaveError === 'warn' && error instanceof StorageError;
  }

  private async loadNewest(run: Run): Promise<number> {
    const damaged: DamagedCheckpointError[] = [];
    const names = await listNames(this.files, this.directory, this.unit);
    for (const name of names.reverse()) {
      const read = await readCheckpoint(this.at(name)).catch((error: unknown) => {
        if (!(error instanceof DamagedCheckpointError)) throw error;
        damaged.push(error);
        const message = `passed over ${show(name)}: ${error.message}`;
        this.report({ kind: 'skipped', message, path: join(this.directory, name) });
      });
      if (read === undefined) continue;
      restoreRun(check, run, read.states);
      return this.goOnAfter(read.info, run);
    }
    if (damaged.length > 0) {
      const advice = 'to start afresh, move them away';
      check.fail(`all checkpoints in ${show(this.directory)} are damaged; ${advice}`, { cause: damaged[0] });
    }
    const message = `found no checkpoint in ${show(this.directory)}: starting with ${this.unit} 0`;
    this.report({ kind: 'started', message, path: this.directory });
    return 0;
  }

  private goOnAfter({ epoch, path, created }: CheckpointInfo, run: Run): number {
    const parts = Object.keys(run).join(', ');
    const message = `resumed ${parts} from ${show(path)} of ${created}: going on with ${this.unit} ${epoch + 1}`;
    this.report({ kind: 'resumed', message, path });
    return epoch + 1;
  }

  private async locate(reference: CheckpointReference): Promise<Reading> {
    if (typeof reference === 'object' && reference !== null) {
      return { ...this.at(''), path: check.string('reference.path', reference.path) };
    }
    const name = checkpointName(this.unit, check.integer('reference', reference, { min: 0 }));
    const names = await listNames(this.files, this.directory, this.unit);
    if (names.includes(name)) return this.at(name);
    return check.fail(`there is no ${show(name)} in ${show(this.directory)}, which holds ${show(names)}`);
  }

  private at(name: string): Reading {
    return { files: this.files, check, path: join(this.directory, name) };
  }
}
