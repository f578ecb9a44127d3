import type { Manifest, Metrics } from './manifest.ts';

/** What is known of a checkpoint before its state is read. */
export interface CheckpointInfo {
  /** The epoch it was saved in, or the step, where that is the unit. */
  readonly epoch: number;
  readonly metrics: Metrics;
  /** When it was written: ISO 8601, UTC. */
  readonly created: string;
  /** The folder's name: `epoch-000012`. */
  readonly name: string;
  /** Where the folder is now; nothing inside it depends on that. */
  readonly path: string;
  /** Size of its state. */
  readonly bytes: number;
}

/** What a folder's manifest tells. */
export function describeCheckpoint(name: string, path: string, manifest: Manifest): CheckpointInfo {
  const { epoch, metrics, created, files } = manifest;
  const bytes = Object.values(files).reduce((total, file) => total + file.bytes, 0);
  return { epoch, metrics, created, name, path, bytes };
}
