import { readJson } from './read-json.ts';

/** What is written down beside a compiled binding. */
export interface BindingRecord {
  readonly format: 1;
  /** What the compiler says of itself. */
  readonly compiler: string;
  /** Why our extension is not part of it; undefined if it is. */
  readonly withoutExtension?: string;
}

/** Reads what was written down beside a binding; of one that has nothing beside it, that it is as it should be. */
export function readBindingRecord(path: string): BindingRecord {
  const { compiler = '', withoutExtension } = (readJson(path) ?? {}) as Partial<BindingRecord>;
  return { format: 1, compiler, ...(withoutExtension === undefined ? {} : { withoutExtension }) };
}

/**
 * Whether what kept our extension out of a binding may be gone the next time: memory, room or time did not suffice, and the
 * same compiler may well do.
 */
export function mayHavePassed(reason: string): boolean {
  return /\bKilled\b|killed by SIG(KILL|TERM)|[Nn]o space left on device|out of memory|memory exhausted|allocate memory/.test(
    reason,
  );
}
