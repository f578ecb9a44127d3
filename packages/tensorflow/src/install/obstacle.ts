import { LoopwrightError } from '@loopwright/core';
import { describePlatform, type Host } from '../host.ts';
import { check } from './install-plan.ts';
import { INSTALL_COMMAND } from './remedies.ts';

/** Why an engine could not be provided in one way, and what to type about it. Another way may be open. */
export class Obstacle extends Error {
  readonly remedies: readonly string[];

  constructor(cause: string, remedies: readonly string[] = []) {
    super(cause);
    this.remedies = remedies;
  }
}

/** What no other way would change, as an obstacle: a damaged file, or a disk that is full or cannot be written. */
export function asObstacle(error: unknown): Obstacle {
  if (error instanceof Obstacle) return error;
  const room = `XDG_CACHE_HOME=/a/folder/with/room ${INSTALL_COMMAND}`;
  return new Obstacle((error as Error).message, isSystemError(error) ? [room] : []);
}

/** Whether the operating system refused something, as opposed to a program or a server. */
export function isSystemError(error: unknown): boolean {
  return (error instanceof Error && 'syscall' in error) || isDiskFull(error);
}

/** Whether the disk has no room left, said by Node, pip or a compiler. No other source or compiler would change that. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && /no space left on device/i.test(error.message);
}

/** The error that an install ends with. */
export function installFailure(host: Host, obstacles: readonly Obstacle[]): LoopwrightError {
  const reasons = obstacles.map(({ message }) => `- ${message.replaceAll('\n', '\n  ')}`);
  const remedies = obstacles.flatMap((obstacle) => obstacle.remedies.map((remedy) => `  ${remedy}`));
  const headline = `native TensorFlow could not be installed on ${describePlatform(host)}.`;
  const advice = remedies.length === 0 ? [] : ['What to type, whichever suits:', ...remedies];
  return new LoopwrightError(check.where, [headline, ...reasons, ...advice].join('\n'));
}
