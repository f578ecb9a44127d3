import { spawn } from 'node:child_process';

/** How a command ended, with everything it printed. */
export interface CommandResult {
  /** The exit code; null if it could not be started, was killed or ran too long. */
  readonly code: number | null;
  /** What killed it. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the command is killed. */
  readonly timeout?: number;
  /** Called with each piece of standard output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a program without a shell and without input. It never throws: one that cannot be started has no exit code. */
export function runCommand(
  command: readonly [string, ...string[]],
  { cwd, env, timeout, onOutput }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const [program, ...args] = command;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...(timeout === undefined ? {} : { timeout }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) =>
      resolve({ code: null, signal: null, stdout, stderr: `${stderr}${error.message}` }),
    );
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The first `Error: …` line that a Node program left, without that word. */
export function errorLine(stderr: string): string | undefined {
  return /^(?:Uncaught )?\w*Error: (.*)$/m.exec(stderr)?.[1];
}

/** The last lines of a command's output that say something, for an error message. */
export function lastLines({ stdout, stderr }: Pick<CommandResult, 'stdout' | 'stderr'>, count = 6): string {
  const lines = (stderr.trim() === '' ? stdout : stderr).split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
