import { readFileSync } from 'node:fs';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Measurement } from '../harness/measurement.ts';

/** How long a block of steps lasts: short beside what else goes on, long beside the clock's resolution. */
const BLOCK_MS = 250;
const LEAST_BLOCKS = 4;

/** What is timed. */
export interface Subject {
  /** One step. A tensor that it returns is its loss: read at the end of a block, as a loop would, and disposed. */
  step(): Tensor | undefined | Promise<undefined>;
  /** How many steps a call of `step` stands for; 1 by default. */
  readonly stepsPerCall?: number;
  readonly seconds: number;
  /** The number of weights that it handles. */
  readonly weights?: number;
}

/** Times a subject, and prints the measurement for the harness. */
export async function measure({ step, stepsPerCall = 1, seconds, weights }: Subject): Promise<void> {
  const setupMs = performance.now();
  const peakBeforeBytes = peakMemory();
  let loss: number | undefined;

  const block = async (calls: number): Promise<number> => {
    const start = performance.now();
    for (let call = 1; call <= calls; call++) {
      const returned = step();
      const result = returned instanceof Promise ? await returned : returned;
      if (call === calls && result !== undefined) loss = result.dataSync()[0];
      if (result !== undefined) dispose(result);
    }
    return (performance.now() - start) / calls;
  };

  const first = await block(1);
  const stepMs: number[] = [];
  let latest = await block(1);
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end || stepMs.length < LEAST_BLOCKS) {
    latest = await block(Math.max(1, Math.round(BLOCK_MS / latest)));
    stepMs.push(latest / stepsPerCall);
  }
  print({
    setupMs,
    firstStepMs: first / stepsPerCall,
    stepMs,
    peakBytes: peakMemory(),
    peakBeforeBytes,
    ...(loss !== undefined && { loss }),
    ...(weights !== undefined && { weights }),
  });
}

/** Prints what the harness reads. */
export function print(measurement: Measurement): void {
  console.log(JSON.stringify(measurement));
}

/** The largest resident memory that this process ever had, in bytes. */
export function peakMemory(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return 1024 * Number(kilobytes);
  } catch {
    // Not Linux.
  }
  return 1024 * process.resourceUsage().maxRSS;
}
