import { join, resolve } from 'node:path';
import { checker, show } from '@loopwright/core';
import { encodeRawChunks } from '@loopwright/safetensors/raw';
import type { CheckpointEvent } from './checkpoint-event.ts';
import type { CheckpointInfo } from './checkpoint-info.ts';
import { checkpointName, checkpointPattern, epochOf, type Unit } from './checkpoint-name.ts';
import { DamagedCheckpointError } from './damaged-checkpoint-error.ts';
import type { FileSystem } from './file-system.ts';
import { clearLeftovers } from './leftovers.ts';
import { digestOf, MANIFEST_FILE, type Metrics, writeManifest } from './manifest.ts';
import { namingFailures } from './named-failures.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { inspectCheckpoint, type Reading, readCheckpoint } from './read-checkpoint.ts';
import { type BestRule, byMerit, expendable, type Retention } from './retention.ts';
import { captureRun, checkRun, type Run, restoreRun } from './run.ts';
import { type CheckpointSaverOptions, checkBestRule, checkMetrics, checkRetention } from './saver-options.ts';
import { showBytes } from './show-bytes.ts';
import { encodeStates } from './state-codec.ts';
import { type NewFile, removeCheckpoint, writeCheckpoint } from './write-checkpoint.ts';

/** Options of {@link CheckpointSaver.load}. */
export interface LoadOptions {
  /** Load the parts that are given and leave out the checkpoint's others, which are refused otherwise. */
  readonly subset?: boolean;
}

/** A checkpoint: its epoch (or step), or what `list`, `findLast` or `findBest` returned. */
export type CheckpointReference = number | CheckpointInfo;

const check = checker('checkpoint', 'CheckpointSaver');

/**
 * Saves everything that a run needs to go on, and brings it back.
 *
 * Each checkpoint is a folder. It is written beside, flushed to the disk and renamed, with a manifest of sizes and
 * checksums, so whatever happens, what is listed is whole. Older ones are removed when the new one is in place, never
 * the newest, the best or the one just saved. Nothing inside depends on where the folder is.
 *
 * Calls on one saver wait for each other. Two savers must not write to one folder at the same time.
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
  private readonly files: FileSystem;
  private readonly report: (event: CheckpointEvent) => void;
  private lastCall: Promise<unknown> = Promise.resolve();

  constructor(directory: string, options?: CheckpointSaverOptions) {
    const {
      keepLast,
      keepBest,
      unit = 'epoch',
      onEvent = () => {},
      fileSystem = nodeFileSystem,
    } = check.options(options, ['keepLast', 'keepBest', 'unit', 'onEvent', 'fileSystem']);
    this.directory = resolve(check.string('directory', directory));
    this.unit = check.oneOf('unit', unit, ['epoch', 'step']);
    this.retention = checkRetention(check, keepLast, keepBest);
    this.report = check.func('onEvent', onEvent);
    this.files = namingFailures(fileSystem, check);
  }

  /**
   * Saves a run. The state is copied when `save` is called, so the loop may go on before it is written.
   *
   * A checkpoint of the same epoch is replaced. When the new one is in place, those that are not to be kept are removed.
   *
   * @param epoch of the state: the one that has just been trained. An integer of at least 0
   * @param run borrowed. It waits for the device
   * @param metrics kept with the checkpoint, for `findBest` and `keepBest`
   * @returns what was saved
   * @throws LoopwrightError if an argument is bad, a part cannot be saved, or `keepBest`'s metric is missing, before
   * anything is written; or naming path and size, if storage fails. Earlier checkpoints are intact then
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints');
   * const saved = await checkpoints.save(0, { model, optimizer }, { loss: 0.5 });
   * saved.name; // 'epoch-000000'
   */
  async save(epoch: number, run: Run, metrics: Metrics = {}): Promise<CheckpointInfo> {
    check.integer('epoch', epoch, { min: 0 });
    checkMetrics(check, metrics, this.retention.keepBest);
    const { json, tensors } = encodeStates(captureRun(checkRun(check, run)), check.fail);
    const numbers = { ...metrics };
    return this.inTurn(() =>
      this.write(epoch, numbers, [new TextEncoder().encode(json)], encodeRawChunks(tensors)),
    );
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
   * is an error. What was done is told to `onEvent`, as are left-overs of dead processes, which are cleared away.
   *
   * @param run changed if there is a checkpoint; it stays the caller's
   * @returns the epoch (or step) after the loaded one, or 0 if there is none
   * @throws LoopwrightError as {@link load}, or if all checkpoints are damaged
   * @example
   * const checkpoints = new CheckpointSaver('checkpoints', { onEvent: ({ message }) => console.log(message) });
   * await checkpoints.resume({ model, optimizer }); // 0
   * await checkpoints.save(4, { model, optimizer });
   * await checkpoints.resume({ model, optimizer }); // 5
   */
  async resume(run: Run): Promise<number> {
    checkRun(check, run);
    return this.inTurn(async () => {
      await this.clearLeftovers();
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
    return this.inTurn(() => this.listComplete());
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

  /** One call after the other, whether or not the caller waits for them. */
  private inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.lastCall.then(call);
    this.lastCall = result.catch(() => undefined);
    return result;
  }

  private async write(
    epoch: number,
    metrics: Metrics,
    json: readonly Uint8Array[],
    tensors: readonly Uint8Array[],
  ): Promise<CheckpointInfo> {
    const files = { 'state.json': digestOf(json), 'state.safetensors': digestOf(tensors) };
    const created = new Date().toISOString();
    const manifest = writeManifest({ unit: this.unit, epoch, created, metrics, files });
    const contents: NewFile[] = [
      ['state.json', json],
      ['state.safetensors', tensors],
      [MANIFEST_FILE, [manifest]],
    ];
    await this.clearLeftovers();
    const name = checkpointName(this.unit, epoch);
    await writeCheckpoint(this.files, this.directory, name, contents);
    const info = await inspectCheckpoint(this.at(name));
    this.report({
      kind: 'saved',
      message: `saved ${show(info.path)} (${showBytes(info.bytes)})`,
      path: info.path,
    });
    await this.rotate(epoch);
    return info;
  }

  private async rotate(saved: number): Promise<void> {
    for (const { name, path } of expendable(await this.listComplete(), this.retention, saved)) {
      await removeCheckpoint(this.files, this.directory, name);
      this.report({ kind: 'removed', message: `removed ${show(path)}, which is not to be kept`, path });
    }
  }

  private async loadNewest(run: Run): Promise<number> {
    const damaged: DamagedCheckpointError[] = [];
    for (const name of (await this.listNames()).reverse()) {
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

  private async listComplete(): Promise<CheckpointInfo[]> {
    const complete: CheckpointInfo[] = [];
    for (const name of await this.listNames()) {
      try {
        complete.push(await inspectCheckpoint(this.at(name)));
      } catch (error) {
        if (!(error instanceof DamagedCheckpointError)) throw error;
      }
    }
    return complete;
  }

  /** The folders that have a checkpoint's name, damaged or not, the lowest number first. */
  private async listNames(): Promise<string[]> {
    const names = await this.files.listFolders(this.directory, [checkpointPattern(this.unit)]);
    return names
      .map((name) => ({ name, epoch: epochOf(this.unit, name) ?? -1 }))
      .filter(({ epoch }) => epoch >= 0)
      .sort((a, b) => a.epoch - b.epoch)
      .map(({ name }) => name);
  }

  private async locate(reference: CheckpointReference): Promise<Reading> {
    if (typeof reference === 'object' && reference !== null) {
      return { ...this.at(''), path: check.string('reference.path', reference.path) };
    }
    const name = checkpointName(this.unit, check.integer('reference', reference, { min: 0 }));
    const names = await this.listNames();
    if (names.includes(name)) return this.at(name);
    return check.fail(`there is no ${show(name)} in ${show(this.directory)}, which holds ${show(names)}`);
  }

  private at(name: string): Reading {
    return { files: this.files, check, path: join(this.directory, name) };
  }

  private clearLeftovers(): Promise<void> {
    return clearLeftovers(this.files, this.directory, this.unit, this.report);
  }
}
