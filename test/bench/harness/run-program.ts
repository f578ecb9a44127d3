import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import type { Program } from './benchmark.ts';

/** How long one turn of a participant may take, compilation included. */
const TIME_LIMIT_MS = 20 * 60_000;

/**
 * Runs a program in a process of its own.
 *
 * @returns what it wrote to standard output
 * @throws Error in one line, if it cannot be started, fails or does not end in time
 */
export function runProgram({ command, args, env, remedy }: Program): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = () => child.kill('SIGKILL');
    // Not spawn's own time limit, which goes on counting where a program could not be started.
    const timer = setTimeout(kill, TIME_LIMIT_MS);
    process.once('exit', kill);
    const over = () => {
      clearTimeout(timer);
      process.off('exit', kill);
    };
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      over();
      const missing = error.code === 'ENOENT' && remedy !== undefined;
      reject(new Error(missing ? `is not installed; type: ${remedy}` : error.message));
    });
    child.on('close', (code, signal) => {
      over();
      if (code === 0) resolve(output);
      else
        reject(new Error(lastWords(errors) ?? `ended with ${signal ?? `exit code ${code}`}, without a word`));
    });
  });
}

/** The line that says what was wrong: the last one that names an error, else the last one. Folders are not told. */
function lastWords(errors: string): string | undefined {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  const named = lines.filter((line) => /^\s*\S*(Error|Exception)\b.*:/.test(line));
  const line = (named.at(-1) ?? lines.at(-1))?.trim().slice(0, 300);
  return line?.replaceAll(process.cwd(), '.').replaceAll(homedir(), '~');
}
