import type { PlainRecord } from '@loopwright/metrics';

/** A record that JSON can hold: numbers that are not finite, for which it has no notation, become strings. */
export function jsonRecord(record: PlainRecord): PlainRecord {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ]),
  );
}
