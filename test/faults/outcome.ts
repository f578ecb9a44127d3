import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointSaver } from '@loopwright/checkpoint';

/** What a finished run has come to: a digest of each thing that has to be the same. */
export interface Outcome {
  /** Weights, optimizer slots, averages and every other tensor of the last checkpoint. */
  readonly tensors: string;
  /** Everything else that it holds: counts, positions, rates, histories. */
  readonly state: string;
  /** The logs, byte for byte. */
  readonly logs: string;
}

/** The checkpoints of a run, as another process sees them. */
export function checkpointsOf(folder: string): CheckpointSaver {
  return new CheckpointSaver(join(folder, 'checkpoints'), { unit: 'step' });
}

/** Reads what a run has come to. */
export async function outcomeOf(folder: string): Promise<Outcome> {
  const last = await checkpointsOf(folder).findLast();
  if (last === undefined) throw new Error(`${folder} holds no checkpoint`);
  const state: unknown = JSON.parse(readFileSync(join(last.path, 'state.json'), 'utf8'));
  const logs = ['metrics.jsonl', 'epochs.csv'].map((name) => join(folder, name)).filter(existsSync);
  return {
    tensors: digest(readFileSync(join(last.path, 'state.safetensors'))),
    state: digest(JSON.stringify(withSortedKeys(state))),
    logs: digest(...logs.map((path) => readFileSync(path))),
  };
}

/** Keys may have come in another order: records are kept by name. */
function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withSortedKeys(inner)]));
}

function digest(...contents: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('hex').slice(0, 16);
}
