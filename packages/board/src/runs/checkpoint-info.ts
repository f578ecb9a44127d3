/** A checkpoint as its manifest describes it; see docs/checkpoint-format.md. */
export interface CheckpointInfo {
  /** The name of its folder. */
  readonly name: string;
  readonly unit: string;
  /** The epoch or step. */
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** The size of its state. */
  readonly bytes: number;
}

/** Reads a manifest for show, without checking its sums; undefined if it is none. */
export function checkpointInfo(name: string, content: unknown): CheckpointInfo | undefined {
  if (!isRecord(content) || content.format !== 'loopwright-checkpoint') return undefined;
  const { unit, epoch, created, metrics, files } = content;
  const numbers = Object.entries(isRecord(metrics) ? metrics : {}).map(([metric, value]) => [
    metric,
    numberOf(value),
  ]);
  const sizes = Object.values(isRecord(files) ? files : {}).map((file) =>
    isRecord(file) ? Number(file.bytes) : 0,
  );
  return {
    name,
    unit: String(unit),
    count: Number(epoch),
    created: String(created),
    metrics: Object.fromEntries(numbers),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

function numberOf(value: unknown): number {
  return Number(isRecord(value) ? value.$number : value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
