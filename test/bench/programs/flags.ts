import { parseArgs } from 'node:util';

/**
 * Reads a program's flags, each `--name value`, by their defaults: where that is a number, so is the value. The harness
 * has checked them.
 */
export function readFlags<T extends Readonly<Record<string, string | number>>>(defaults: T): T {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: 'string' as const }]),
  );
  const { values } = parseArgs({ options });
  const entries = Object.entries(defaults).map(([name, otherwise]) => {
    const value = values[name] ?? otherwise;
    return [name, typeof otherwise === 'number' ? Number(value) : value];
  });
  return Object.fromEntries(entries) as T;
}
