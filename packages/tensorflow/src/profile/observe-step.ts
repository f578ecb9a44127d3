import type { Checker } from '@loopwright/core';
import { isRecording } from '@loopwright/core/tensors';
import { dispose, getBackend } from '@tensorflow/tfjs-core';
import { takeTensors } from '../compile/structure.ts';
import type { NativeExtension, TraceEvent } from '../native/binding.ts';
import { activeExtension, activeNativeBackend } from '../native/native-backend.ts';
import { timeCalls, withCallShapes } from './call-times.ts';
import { type MemoryUse, memoryUse } from './memory-use.ts';
import { dispatches, type Interval, type OpRun, opRuns } from './op-runs.ts';
import { type PrimitiveRun, primitivesAreLogged, readPrimitiveLog } from './primitive-log.ts';
import { watchResidentPeak } from './resident-memory.ts';
import type { StepMemory } from './step-profile.ts';

/** What was seen of one step. */
export interface StepObservation {
  readonly milliseconds: number;
  readonly runs: readonly OpRun[];
  readonly dispatches: readonly Interval[];
  /** Undefined where oneDNN does not log them. */
  readonly primitives: readonly PrimitiveRun[] | undefined;
  readonly memory: StepMemory;
}

let observing = false;

/**
 * Runs a user's step some times and observes the last of them. Whatever it returns is disposed.
 *
 * @param check words the errors
 * @throws LoopwrightError if another observation is going on, in a recording, without the native engine, or if the
 *   step is asynchronous
 */
export function observeSteps(
  check: Checker,
  fn: () => unknown,
  { warmup, steps, shapes }: { readonly warmup: number; readonly steps: number; readonly shapes: boolean },
): StepObservation[] {
  if (observing) check.fail('a step is being profiled already, and two profiles cannot be told apart');
  if (isRecording())
    check.fail('it cannot be called inside a compiled function; profile the call of that function');
  if (activeNativeBackend() === undefined) {
    check.fail(`it needs the native engine; the backend in use is "${getBackend()}"`);
  }
  observing = true;
  try {
    for (let i = 0; i < warmup; i++) runStep(check, fn);
    return Array.from({ length: steps }, () => observe(check, fn, shapes));
  } finally {
    observing = false;
  }
}

function runStep(check: Checker, fn: () => unknown): void {
  const result = fn();
  if (result instanceof Promise) check.fail('fn must not be asynchronous, but it returned a promise');
  dispose(takeTensors(result).tensors);
}

function observe(check: Checker, fn: () => unknown, shapes: boolean): StepObservation {
  const extension = activeExtension();
  const residentPeak = watchResidentPeak();
  let milliseconds = 0;
  const step = () => {
    const started = performance.now();
    runStep(check, fn);
    milliseconds = performance.now() - started;
  };
  const seen = extension === undefined ? seenFromOutside(step) : seenInside(check, extension, step, shapes);
  const { memory, ...rest } = seen;
  return { milliseconds, ...rest, memory: { ...memory, residentPeakBytes: residentPeak() } };
}

type Seen = Pick<StepObservation, 'runs' | 'dispatches' | 'primitives'> & { memory: MemoryUse };

/** Without our extension: calls of ops, each with all that TensorFlow does around it. */
function seenFromOutside(step: () => void): Seen {
  return { runs: timeCalls(false, step), dispatches: [], primitives: undefined, memory: memoryUse([]) };
}

function seenInside(check: Checker, extension: NativeExtension, step: () => void, shapes: boolean): Seen {
  let calls: OpRun[] = [];
  let primitives: PrimitiveRun[] | undefined;
  const events = trace(check, extension, () => {
    primitives = capturePrimitives(extension, () => {
      if (shapes) calls = timeCalls(true, step);
      else step();
    });
  });
  const runs = opRuns(events);
  const intervals = dispatches(events);
  return {
    runs: shapes ? withCallShapes(runs, intervals, calls) : runs,
    dispatches: intervals,
    primitives,
    memory: memoryUse(events),
  };
}

/** Runs a step under TensorFlow's tracer, which stops whatever happens. */
function trace(check: Checker, extension: NativeExtension, step: () => void): TraceEvent[] {
  if (!extension.beginTrace()) check.fail("TensorFlow's tracer is in use by another profiler");
  let events: TraceEvent[] = [];
  try {
    step();
  } finally {
    events = extension.endTrace();
  }
  return events;
}

/** Runs a step and takes oneDNN's log out of what it prints; the rest is printed when the step is over. */
function capturePrimitives(extension: NativeExtension, step: () => void): PrimitiveRun[] | undefined {
  if (!primitivesAreLogged() || !extension.beginOutput()) {
    step();
    return undefined;
  }
  let runs: PrimitiveRun[] = [];
  try {
    step();
  } finally {
    const log = readPrimitiveLog(extension.endOutput());
    runs = log.runs;
    if (log.rest !== '') process.stdout.write(log.rest);
  }
  return runs;
}
