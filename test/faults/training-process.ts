import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Message } from './program.ts';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to its standard streams. */
  readonly output: string;
}

/** What is known of a process's doings. */
export interface Doings {
  /** What the loop does; `starting` before it says anything. */
  phase: 'starting' | 'resuming' | 'training' | 'saving' | 'evaluating' | 'done';
  step: number;
  /** The operation on a checkpoint's files that is under way. */
  operation: string | undefined;
  /** Whether a checkpoint is being written, perhaps beside the loop. */
  isWriting: boolean;
  /** The newest step whose checkpoint it said to be in place. */
  savedStep: number;
  /** How many steps it has begun, and how many operations on files. */
  steps: number;
  operations: number;
  resumed: boolean;
}

/** The program of the fault tests, running. */
export class TrainingProcess {
  readonly doings: Doings = {
    phase: 'starting',
    step: 0,
    operation: undefined,
    isWriting: false,
    savedStep: -1,
    steps: 0,
    operations: 0,
    resumed: false,
  };
  readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;
  private readonly listeners = new Set<(message: Message) => void>();

  constructor(args: readonly string[]) {
    const program = fileURLToPath(new URL('./program.ts', import.meta.url));
    const execArgv = ['--import', import.meta.resolve('tsx'), ...sourceConditions()];
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const;
    this.child = spawn(process.execPath, [...execArgv, program, ...args], { stdio: [...stdio] });
    let output = '';
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    }
    this.child.on('message', (message: Message) => this.note(message));
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => resolve({ code, signal, output }));
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Calls back with each message, after it was noted. */
  watch(listener: (message: Message) => void): void {
    this.listeners.add(listener);
  }

  private note(message: Message): void {
    const { doings } = this;
    if (message.kind === 'phase') {
      doings.phase = message.phase;
      doings.step = message.step;
      if (message.phase === 'training') doings.steps += 1;
      if (message.phase === 'saving') doings.isWriting = true;
    } else if (message.kind === 'file') {
      doings.operation = message.operation;
      if (message.operation !== undefined) doings.operations += 1;
    } else if (message.event === 'saved') {
      doings.savedStep = Number(basename(message.path).replace('step-', ''));
      doings.isWriting = false;
    } else if (message.event === 'resumed') {
      doings.resumed = true;
    }
    for (const listener of this.listeners) listener(message);
  }
}

/** Tests wait for no build; otherwise the build, which starts sooner. */
function sourceConditions(): string[] {
  return process.env.VITEST === undefined ? [] : ['--conditions=loopwright-source'];
}
