import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RandomStream } from '@loopwright/core';
import { replaceFileSync } from '@loopwright/core/files';
import { checkpointsOf, type Outcome, outcomeOf } from './outcome.ts';
import { type Doings, type Ending, TrainingProcess } from './training-process.ts';

/** Options of {@link killTest}. */
export interface KillTestOptions {
  readonly kills: number;
  readonly seed: number;
  /** Runs are made in it, and what has been seen is kept there: started again, the test goes on. */
  readonly folder: string;
  readonly say?: (line: string) => void;
}

/** What {@link killTest} has seen. */
export interface KillReport {
  readonly kills: number;
  /** How many kills hit what. */
  readonly hits: Readonly<Record<string, number>>;
  /** Processes that went on from a checkpoint. */
  readonly resumes: number;
  /** Checkpoints whose every file was compared with its checksum, after the kills. */
  readonly verified: number;
  /** Runs that came to their end, each with the outcome of the uninterrupted one. */
  readonly finished: number;
  readonly outcome: Outcome;
  /** Of all processes that took part in the test. */
  readonly seconds: number;
}

/**
 * Kills the training program at random moments and starts it again, until it has been killed so many times and has come
 * to its end; runs that end are checked and followed by new ones.
 *
 * @throws Error if a listed checkpoint does not verify, one that was saved is gone, a process fails by itself, or a run ends
 * otherwise than the uninterrupted one
 */
export async function killTest(options: KillTestOptions): Promise<KillReport> {
  const test = new KillTest(options);
  return test.run();
}

/** When to kill. */
type Aim =
  | { readonly at: 'any moment'; readonly milliseconds: number }
  /** So many milliseconds after the process began its nth step, its nth operation on files, or to load a checkpoint. */
  | { readonly at: 'step' | 'file' | 'resume'; readonly nth: number; readonly milliseconds: number };

class KillTest {
  private readonly options: KillTestOptions;
  private readonly ledger: string;
  private hits: Record<string, number> = {};
  private kills = 0;
  private resumes = 0;
  private verified = 0;
  private finished = 0;
  private outcome: Outcome | undefined;
  private wholeMs = 0;
  private secondsBefore = 0;
  private readonly started = performance.now();

  constructor(options: KillTestOptions) {
    this.options = options;
    mkdirSync(options.folder, { recursive: true });
    this.ledger = join(options.folder, 'kills.json');
    if (existsSync(this.ledger)) {
      const { seconds, ...seen } = JSON.parse(readFileSync(this.ledger, 'utf8'));
      Object.assign(this, seen, { secondsBefore: seconds });
    }
  }

  async run(): Promise<KillReport> {
    const expected = this.outcome ?? (await this.runUninterrupted());
    while (this.kills < this.options.kills) await this.runToTheEnd(expected);
    return this.report(expected);
  }

  private async runUninterrupted(): Promise<Outcome> {
    const folder = this.newRun('uninterrupted');
    const started = performance.now();
    expectSuccess(await new TrainingProcess(['--run', folder]).ended);
    this.wholeMs = performance.now() - started;
    this.outcome = await outcomeOf(folder);
    this.say(`uninterrupted: ${JSON.stringify(this.outcome)}, ${(this.wholeMs / 1000).toFixed(1)} s`);
    return this.outcome;
  }

  /** One run, killed and resumed until it ends. */
  private async runToTheEnd(expected: Outcome): Promise<void> {
    const folder = this.newRun('interrupted');
    let newest = -1;
    for (;;) {
      const aim = this.kills < this.options.kills ? this.aim() : undefined;
      const { ending, doings } = await this.runOnce(folder, aim);
      if (doings.resumed) this.resumes += 1;
      if (ending.signal !== 'SIGKILL') {
        expectSuccess(ending);
        break;
      }
      this.kills += 1;
      const hit = describe(doings);
      this.hits[hit] = (this.hits[hit] ?? 0) + 1;
      newest = Math.max(newest, doings.savedStep);
      await this.verify(folder, newest);
      this.keep(expected);
      if (this.kills % 20 === 0) this.say(`${this.kills} kills, ${this.finished} runs finished`);
    }
    const outcome = await outcomeOf(folder);
    if (JSON.stringify(outcome) !== JSON.stringify(expected)) {
      throw new Error(
        `${folder} ended with ${JSON.stringify(outcome)}, the uninterrupted run with ${JSON.stringify(expected)}`,
      );
    }
    expectNothingLeftOver(folder);
    this.finished += 1;
    this.keep(expected);
  }

  private report(outcome: Outcome): KillReport {
    const { kills, hits, resumes, verified, finished } = this;
    const seconds = this.secondsBefore + (performance.now() - this.started) / 1000;
    return { kills, hits, resumes, verified, finished, outcome, seconds };
  }

  private keep(outcome: Outcome): void {
    replaceFileSync(this.ledger, JSON.stringify({ ...this.report(outcome), wholeMs: this.wholeMs }, null, 2));
  }

  private async runOnce(folder: string, aim: Aim | undefined): Promise<{ ending: Ending; doings: Doings }> {
    const slow = aim?.at === 'file' ? ['--slow-files', '4', '--seed', String(this.kills)] : [];
    const process = new TrainingProcess(['--run', folder, ...slow]);
    const killIn = (milliseconds: number) => {
      if (milliseconds < 0.5) process.kill('SIGKILL');
      else timers.push(setTimeout(() => process.kill('SIGKILL'), milliseconds));
    };
    const timers: NodeJS.Timeout[] = [];
    if (aim?.at === 'any moment') killIn(aim.milliseconds);
    let isAimed = aim !== undefined && aim.at !== 'any moment';
    process.watch(() => {
      if (!isAimed || aim === undefined || aim.at === 'any moment') return;
      const { steps, operations, phase } = process.doings;
      const reached = { step: steps, file: operations, resume: phase === 'resuming' ? 1 : 0 }[aim.at];
      if (reached < aim.nth) return;
      isAimed = false;
      killIn(aim.milliseconds);
    });
    const ending = await process.ended;
    for (const timer of timers) clearTimeout(timer);
    return { ending, doings: process.doings };
  }

  /** The next aim; another one once a run has ended before its own was reached. */
  private aim(): Aim {
    const draws = new RandomStream('kill', this.options.seed, this.kills, this.finished);
    const sort = draws.uniform();
    if (sort < 0.25) return { at: 'any moment', milliseconds: draws.uniform(0, this.wholeMs) };
    if (sort < 0.35) return { at: 'resume', nth: 1, milliseconds: draws.uniform(0, 30) };
    const milliseconds = draws.uniform(0, 4);
    if (sort < 0.65) return { at: 'step', nth: 1 + draws.integer(12), milliseconds };
    return { at: 'file', nth: 1 + draws.integer(40), milliseconds };
  }

  private async verify(folder: string, newest: number): Promise<void> {
    const checkpoints = checkpointsOf(folder);
    const listed = await checkpoints.list();
    for (const checkpoint of listed) await checkpoints.verify(checkpoint);
    this.verified += listed.length;
    const last = listed.at(-1)?.epoch ?? -1;
    if (last >= newest || isBeingReplaced(folder, newest)) return;
    throw new Error(`step ${newest} was saved, but the newest checkpoint is of ${last}`);
  }

  private newRun(name: string): string {
    const folder = join(this.options.folder, name);
    rmSync(folder, { recursive: true, force: true });
    return folder;
  }

  private say(line: string): void {
    this.options.say?.(line);
  }
}

/** What a kill has hit. */
function describe({ phase, step, isWriting, operation, steps }: Doings): string {
  if (phase === 'starting') return 'start';
  if (phase === 'resuming') return 'resume';
  if (isWriting) {
    if (operation !== undefined) return `save: ${operation}`;
    return phase === 'saving' ? 'save: state is copied' : 'save: beside the loop';
  }
  if (phase === 'training' && steps <= 1) return 'first step after a start';
  if (phase === 'evaluating') return 'end of an epoch';
  return phase === 'done' ? 'end of the run' : `step, ${step % 2 === 0 ? 'after' : 'before'} an update`;
}

/** Whether a checkpoint was moved aside for another of its number: the next start puts it back. */
function isBeingReplaced(folder: string, step: number): boolean {
  const aside = `.step-${String(step).padStart(6, '0')}.old-`;
  return readdirSync(join(folder, 'checkpoints')).some((name) => name.startsWith(aside));
}

function expectSuccess({ code, signal, output }: Ending): void {
  if (code !== 0) throw new Error(`the training ended by itself with ${code ?? signal}:\n${output}`);
}

function expectNothingLeftOver(folder: string): void {
  const hidden = readdirSync(join(folder, 'checkpoints')).filter((name) => name.startsWith('.'));
  if (hidden.length > 0) throw new Error(`${folder} holds left-overs: ${hidden.join(', ')}`);
}
