import type { Run } from '@loopwright/checkpoint';
import type { Subject } from './parts.ts';

/** The parts of all subjects as one run, each by its subject's name and its own. */
export function runOf(subjects: Readonly<Record<string, Subject>>): Run {
  return Object.fromEntries(
    Object.entries(subjects).flatMap(([name, { parts }]) =>
      Object.entries(parts).map(([part, value]) => [`${name}.${part}`, value]),
    ),
  );
}

/** What a release kept: a checkpoint's files in base64, and what was seen of its parts some steps later. */
export interface Golden {
  readonly release: string;
  readonly files: Readonly<Record<string, string>>;
  readonly observed: Readonly<Record<string, unknown>>;
}
