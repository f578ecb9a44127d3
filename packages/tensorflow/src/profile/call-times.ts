import { DataType, type DataTypeNumber } from '../native/data-types.ts';
import { activeExtension, insertLayer } from '../native/native-backend.ts';
import type { Interval, OpRun } from './op-runs.ts';

const TYPE_NAMES = new Map<DataTypeNumber, string>(
  Object.entries(DataType).map(([name, number]) => [number, name === 'float32' ? '' : name]),
);

/**
 * Runs a step and times its calls of TensorFlow from outside, one a time. A call of a compiled function is one call.
 *
 * @param withShapes whether the inputs' shapes are written down too; that takes our extension
 */
export function timeCalls(withShapes: boolean, step: () => void): OpRun[] {
  const runs: OpRun[] = [];
  const began = performance.now();
  const remove = insertLayer('recording', (next) => ({
    executeOp(name, attributes, inputs, outputs) {
      const shapes = withShapes ? describeInputs(inputs) : undefined;
      const start = performance.now() - began;
      try {
        return next.executeOp(name, attributes, inputs, outputs);
      } finally {
        const end = performance.now() - began;
        runs.push({ thread: 0, op: name, oneDnn: false, shapes, start, end });
      }
    },
  }));
  try {
    step();
  } finally {
    remove();
  }
  return runs;
}

/**
 * Gives runs that have no shapes those of the calls that they belong to. It does nothing if there are not as many
 * dispatches as calls.
 */
export function withCallShapes(
  runs: readonly OpRun[],
  dispatches: readonly Interval[],
  calls: readonly OpRun[],
): readonly OpRun[] {
  if (dispatches.length !== calls.length) return runs;
  return runs.map((run) => {
    if (run.shapes !== undefined) return run;
    const index = dispatches.findIndex(({ start, end }) => start <= run.start && run.end <= end);
    return { ...run, shapes: calls[index]?.shapes };
  });
}

function describeInputs(inputs: readonly number[]): string | undefined {
  const extension = activeExtension();
  if (extension === undefined) return undefined;
  return inputs
    .map((id) => extension.describeTensor(id))
    .map(({ shape, dtype }) => `${TYPE_NAMES.get(dtype) ?? `type${dtype}`}[${shape.join(',')}]`)
    .join(' ');
}
