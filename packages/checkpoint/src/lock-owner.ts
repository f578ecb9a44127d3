import type { ProcessIdentity } from './process-identity.ts';

/** Who has locked a folder, as its lock says. */
export interface LockOwner extends ProcessIdentity {
  /** Drawn anew by each thread that trains: a process may have several. */
  readonly token: string;
  /** When it locked: ISO 8601, UTC. */
  readonly since: string;
  /** The lock's own {@link FileFacts.id}: that of a copy is another. */
  readonly id: string | undefined;
}

/** The contents of a lock's file. */
export function writeOwner(owner: LockOwner): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(owner, undefined, 2)}\n`);
}

/** The inverse of {@link writeOwner}. Whatever else a file holds is nobody's, of whom nothing is known. */
export function readOwner(bytes: Uint8Array): LockOwner {
  const text = new TextDecoder().decode(bytes);
  const fields = parseRecord(text);
  const string = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    token: string('token') || text,
    pid: Number.isSafeInteger(fields.pid) ? (fields.pid as number) : 0,
    host: string('host'),
    system: string('system'),
    started: string('started'),
    since: string('since'),
    id: string('id') || undefined,
  };
}

/** `process 4711 on "gpu-3" (since 2026-01-02T03:04:05.678Z)`. */
export function showOwner({ pid, host, since }: LockOwner): string {
  return `process ${pid} on ${JSON.stringify(host)} (since ${since || 'an unknown time'})`;
}

function parseRecord(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as Record<string, unknown>) };
  } catch {
    return {};
  }
}
