import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells a process from all others, on other machines, in other containers and after a restart too. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /**
   * Where process numbers mean the same: the boot of a machine and the container in it. The host's name on systems that
   * do not tell.
   */
  readonly system: string;
  /** When it was started, in ticks since the boot: numbers are given to new processes again. Empty if unknown. */
  readonly started: string;
}

/** The process that asks. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    system: systemId(),
    started: startOf(process.pid)?.ticks ?? '',
  };
}

/** Whether a process lives; `undefined` where that cannot be told from here. */
export function isAlive(other: ProcessIdentity, self: ProcessIdentity): boolean | undefined {
  if (other.system !== self.system) return undefined;
  if (!exists(other.pid)) return false;
  const start = startOf(other.pid);
  if (start === undefined || other.started === '') return undefined;
  return start.ticks === other.started && !start.isZombie;
}

function systemId(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** From Linux's `/proc`; other systems have none. */
function startOf(pid: number): { readonly ticks: string; readonly isZombie: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 3 and 22 of proc(5), counted from behind the name, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { ticks: fields[19] ?? '', isZombie: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}
