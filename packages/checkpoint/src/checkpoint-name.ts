/** What a run counts. */
export type Unit = 'epoch' | 'step';

/** The folder of one checkpoint: `epoch-000012`. Names sort like numbers up to a million. */
export function checkpointName(unit: Unit, epoch: number): string {
  return `${unit}-${String(epoch).padStart(6, '0')}`;
}

/** The number in a checkpoint's name, or `undefined` if it is none. */
export function epochOf(unit: Unit, name: string): number | undefined {
  const epoch = Number(/-(\d+)$/.exec(name)?.[1]);
  return checkpointName(unit, epoch) === name ? epoch : undefined;
}

/** The fast-glob pattern of all that could be checkpoints. */
export function checkpointPattern(unit: Unit): string {
  return `${unit}-*`;
}
