import { execFileSync } from 'node:child_process';

/** Which source a run was made from. */
export interface GitState {
  readonly commit: string;
  /** Undefined if no branch is checked out. */
  readonly branch?: string;
  /** Tracked files that differ from the commit. */
  readonly changed: readonly string[];
}

/** The state of the repository that a folder belongs to; undefined without one, or without git. */
export function gitState(folder: string): GitState | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe', timeout: 10_000 });
  try {
    const commit = git('rev-parse', 'HEAD').trim();
    const branch = git('rev-parse', '--abbrev-ref', 'HEAD').trim();
    const changed = git('status', '--porcelain', '--untracked-files=no', '-z').split('\0');
    return {
      commit,
      ...(branch !== 'HEAD' && { branch }),
      changed: changed.filter((line) => /^.. /.test(line)).map((line) => line.slice(3)),
    };
  } catch {
    return undefined;
  }
}
