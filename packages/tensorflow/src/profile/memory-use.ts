import type { TraceEvent } from '../native/binding.ts';
import type { StepMemory } from './step-profile.ts';

/** What TensorFlow's allocators say. */
export type MemoryUse = Omit<StepMemory, 'residentPeakBytes'>;

/** A change of what one allocator holds. */
interface Change {
  readonly time: number;
  readonly allocator: string;
  readonly before: number;
  readonly after: number;
}

const CHANGE =
  /^Memory(Allocation|Deallocation)#allocator_name=([^,]*),.*\bbytes_allocated=(\d+),.*\ballocation_bytes=(\d+),/;

/** What TensorFlow's allocators held before, at most during, and after a trace; undefined if they did not say. */
export function memoryUse(events: readonly TraceEvent[]): MemoryUse {
  const changes = events.flatMap(readChange).sort((a, b) => a.time - b.time);
  if (changes.length === 0) return { peakBytes: undefined, startBytes: undefined, endBytes: undefined };
  const held = new Map<string, number>();
  for (const { allocator, before } of changes) if (!held.has(allocator)) held.set(allocator, before);
  const startBytes = sum(held);
  let peakBytes = startBytes;
  for (const { allocator, after } of changes) {
    held.set(allocator, after);
    peakBytes = Math.max(peakBytes, sum(held));
  }
  return { peakBytes, startBytes, endBytes: sum(held) };
}

function readChange({ name, start }: TraceEvent): Change[] {
  const [, kind, allocator = '', held, changed] = CHANGE.exec(name) ?? [];
  const [after, bytes] = [Number(held), Number(changed)];
  // An allocator that keeps no account says 0.
  if (kind === undefined || bytes === 0) return [];
  return [{ time: start, allocator, before: kind === 'Allocation' ? after - bytes : after + bytes, after }];
}

function sum(held: ReadonlyMap<string, number>): number {
  return [...held.values()].reduce((total, bytes) => total + bytes, 0);
}
