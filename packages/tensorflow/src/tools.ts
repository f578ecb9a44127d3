import { spawnSync } from 'node:child_process';
import type { Host } from './host.ts';

/** A program that the installer calls, and what it says of itself. */
export interface Tool {
  readonly command: readonly [string, ...string[]];
  readonly version: string;
}

/** The first C++ compiler that answers: the user's `CXX`, else `g++`, `c++` or `clang++`. */
export function findCompiler({ env }: Pick<Host, 'env'>): Tool | undefined {
  const [program, ...args] = env.CXX?.trim().split(/\s+/) ?? [];
  const own: Tool['command'][] = program ? [[program, ...args]] : [];
  return firstThatAnswers([...own, ['g++'], ['c++'], ['clang++']], env);
}

/** The first pip that answers, whatever Python it belongs to. */
export function findPip({ env, platform }: Pick<Host, 'env' | 'platform'>): Tool | undefined {
  const windows: Tool['command'][] = platform === 'win32' ? [['py', '-m', 'pip']] : [];
  const anywhere: Tool['command'][] = [['pip3'], ['pip'], ['python3', '-m', 'pip'], ['python', '-m', 'pip']];
  return firstThatAnswers([...anywhere, ...windows], env);
}

function firstThatAnswers(commands: readonly Tool['command'][], env: NodeJS.ProcessEnv): Tool | undefined {
  for (const command of commands) {
    const [program, ...args] = command;
    const { status, stdout } = spawnSync(program, [...args, '--version'], {
      env,
      encoding: 'utf8',
      timeout: 60_000,
      windowsHide: true,
    });
    if (status === 0) return { command, version: stdout.split('\n')[0]?.trim() ?? '' };
  }
  return undefined;
}
