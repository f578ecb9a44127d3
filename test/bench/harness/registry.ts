import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from './benchmark.ts';

const FOLDER = new URL('../benchmarks/', import.meta.url);

/** The names of all benchmarks: those of their files. */
export function benchmarkNames(): string[] {
  return readdirSync(fileURLToPath(FOLDER))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/** A benchmark by its name; undefined if there is none. */
export async function findBenchmark(name: string): Promise<Benchmark | undefined> {
  if (!benchmarkNames().includes(name)) return undefined;
  const module = (await import(new URL(`${name}.ts`, FOLDER).href)) as { default: Benchmark };
  return module.default;
}
