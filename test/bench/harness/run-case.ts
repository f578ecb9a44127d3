import type { Case, Conclusion, Participant, Program } from './benchmark.ts';
import { compareSides } from './comparisons.ts';
import { type Measurement, parseMeasurement } from './measurement.ts';
import { isMeasured, type MeasuredRow, measuredRow, type Row } from './row.ts';
import { runProgram } from './run-program.ts';

/** A case's rows, in the order of its participants, and what they say. */
export interface CaseResult {
  readonly title: string;
  /** What the items of a step are, if they are counted. */
  readonly items?: string;
  readonly rows: readonly Row[];
  readonly conclusions: readonly Conclusion[];
}

export interface RunOptions {
  readonly rounds: number;
  /** Told about every turn. */
  readonly onTurn?: (line: string) => void;
  /** Runs a program and returns its output; in a process of its own by default. */
  readonly run?: (program: Program) => Promise<string>;
}

/**
 * Gives every participant its turns, one after another and never two at a time. Every second round goes backwards, so
 * that a machine that becomes slower or faster meanwhile favours none. Who fails once has no further turns.
 */
export async function runCase(
  { title, items, participants, conclude = compareSides }: Case,
  { rounds, onTurn = () => {}, run = runProgram }: RunOptions,
): Promise<CaseResult> {
  const turns = new Map<Participant, Measurement[]>(participants.map((participant) => [participant, []]));
  const failures = new Map<Participant, string>();
  for (let round = 0; round < rounds; round++) {
    for (const participant of round % 2 === 0 ? participants : participants.toReversed()) {
      if (failures.has(participant)) continue;
      try {
        const measurement = parseMeasurement(await run(participant.program));
        turns.get(participant)?.push(measurement);
        onTurn(`round ${round + 1} of ${rounds}: ${participant.name}: ${timesOf(participant, measurement)}`);
      } catch (error) {
        failures.set(participant, (error as Error).message);
        onTurn(`round ${round + 1} of ${rounds}: ${participant.name} ${(error as Error).message}`);
      }
    }
  }
  const rows = participants.map((participant): Row => {
    const { name, side } = participant;
    const [first, ...others] = turns.get(participant) ?? [];
    const failure = failures.get(participant);
    if (failure !== undefined || first === undefined)
      return { name, side, failure: failure ?? 'had no turn' };
    return measuredRow(participant, [first, ...others], items?.perStep);
  });
  const measured = rows.filter(isMeasured);
  requireSameWork(title, measured);
  return { title, ...(items && { items: items.name }), rows, conclusions: conclude(measured) };
}

function timesOf(participant: Participant, measurement: Measurement): string {
  const { medianMs, firstStepMs } = measuredRow(participant, [measurement], undefined);
  return `${medianMs.toFixed(2)} ms (first ${firstStepMs.toFixed(0)} ms)`;
}

function requireSameWork(title: string, rows: readonly MeasuredRow[]): void {
  const counted = rows.filter(({ weights }) => weights !== undefined);
  const different = counted.find(({ weights }) => weights !== counted[0]?.weights);
  if (different === undefined) return;
  const list = counted.map(({ name, weights }) => `${name}: ${weights}`).join(', ');
  throw new Error(`${title}: the participants do not handle the same number of weights (${list})`);
}
