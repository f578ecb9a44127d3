import type { TraceEvent } from '../native/binding.ts';

/** One run of an op, in milliseconds since the step began. */
export interface OpRun {
  readonly thread: number;
  readonly op: string;
  readonly oneDnn: boolean;
  readonly shapes: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** A time in which TensorFlow worked on a call, with or without an op that computes. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** A tracer's event for a kernel: `node:Op`, inside functions with `#shape=(float[2,3];int32[2])#`. */
const KERNEL = /^[^:#\s]+:(\w+)(?:#shape=\((.*)\)#)?$/;
/** What TensorFlow names oneDNN's kernels by. */
const ONE_DNN = /^_Mkl(?:Native)?(?=[A-Z])/;
/** Nodes that stand for a function's arguments and results. */
const WIRING = new Set(['_Arg', '_Retval', 'NoOp']);

/** The ops that ran. */
export function opRuns(events: readonly TraceEvent[]): OpRun[] {
  return events.flatMap(({ thread, name, start, milliseconds }) => {
    const [, kernel, shapes] = KERNEL.exec(name) ?? [];
    if (kernel === undefined || WIRING.has(kernel)) return [];
    return [
      {
        thread,
        op: kernel.replace(ONE_DNN, ''),
        oneDnn: ONE_DNN.test(kernel),
        shapes: shapes === undefined ? undefined : formatShapes(shapes),
        start,
        end: start + milliseconds,
      },
    ];
  });
}

/** TensorFlow's calls from JavaScript, in their order. */
export function dispatches(events: readonly TraceEvent[]): Interval[] {
  return events
    .filter(({ name }) => name.startsWith('EagerExecute#'))
    .map(({ start, milliseconds }) => ({ start, end: start + milliseconds }))
    .sort((a, b) => a.start - b.start);
}

/** `float[2,3];int32[2]` as `[2,3] int32[2]`: float is what is meant where nothing is said. */
function formatShapes(shapes: string): string {
  return shapes.replaceAll(';', ' ').replaceAll(/\bfloat\[/g, '[');
}
