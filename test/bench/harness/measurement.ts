/** What a participant's program measured in one turn, and prints as its last line. */
export interface Measurement {
  /** From the program's start to the first step: imports, model, data. */
  readonly setupMs: number;
  /** The first step, with whatever is traced, compiled or tuned in it. */
  readonly firstStepMs: number;
  /** The steps after it in order, block by block: each block's mean. */
  readonly stepMs: readonly number[];
  /** The largest memory that the process ever had, and what that was before the first step. */
  readonly peakBytes?: number;
  readonly peakBeforeBytes?: number;
  /** The last step's loss. */
  readonly loss?: number;
  /** Weights that were trained or handled: the same number for all participants, or they did not do the same work. */
  readonly weights?: number;
}

/**
 * Reads a program's output.
 *
 * @throws Error if its last line is no measurement
 */
export function parseMeasurement(output: string): Measurement {
  const line = output.trim().split('\n').at(-1) ?? '';
  const value = parseJson(line) as Partial<Measurement> | undefined;
  const times = [value?.setupMs, value?.firstStepMs, ...(value?.stepMs ?? [undefined])];
  if (!times.every((time) => typeof time === 'number' && Number.isFinite(time))) {
    throw new Error(`printed no measurement but ${JSON.stringify(line.slice(0, 200))}`);
  }
  return value as Measurement;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
