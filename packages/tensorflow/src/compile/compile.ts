import { checker, LoopwrightError, show } from '@loopwright/core';
import { isRecording } from '@loopwright/core/tensors';
import { engine, type Tensor, tidy, Variable } from '@tensorflow/tfjs-core';
import { settleInFloat32 } from '../autocast/precision.ts';
import type { NativeExtension } from '../native/binding.ts';
import { executionKey } from '../native/execution-key.ts';
import { activeNativeBackend, type NativeBackend } from '../native/native-backend.ts';
import { argumentGuards, differenceOf } from './guards.ts';
import { Program } from './program.ts';
import { FunctionRecorder, Unrecordable } from './recorder.ts';
import { type Structure, takeTensors } from './structure.ts';

export interface CompileOptions {
  /** How many traces are kept, the least recently used is dropped first; 16 by default. */
  readonly maxTraces?: number;
}

/** A function that runs as TensorFlow functions, and what belongs to it. */
export type Compiled<A extends unknown[], R> = ((...args: A) => R) & {
  /** How many traces are kept now. */
  readonly traces: number;
  /** Frees the traces. The function can still be called, and is then recorded anew. */
  dispose(): void;
};

const check = checker('tensorflow', 'compile');

/**
 * Makes a function of tensors run as one TensorFlow function, without its JavaScript and without a call for each op.
 *
 * The first call with arguments of new shapes runs the function only to record each op, and then runs the record, as
 * later calls do: to the same bits, whichever call is the first. Variables that it reads or assigns, optimizers, running
 * statistics, averages and metrics inside it go on as without `compile`; hyper-parameters are read anew at each call, and
 * random ops stay random. It computes what the function computes, up to float32 rounding. On other backends than the
 * native one it only calls the function.
 *
 * A call is recorded anew if one of these differs from before: shape or type of a tensor, or which of them are the same one;
 * the value of a number, string, flag or typed array; the identity of any other object; which variables that it uses are
 * trainable. Plain objects and arrays are looked into. Whatever else the function depends on, such as variables of
 * JavaScript around it, counts as it was at the recording.
 *
 * Tensors that the function makes and does not return are freed, as by `tf.tidy`. While gradients are computed around
 * it (`tf.grads(x => compiled(x))`), and inside another compiled function, it runs as it is.
 *
 * @param fn synchronous; returns a tensor, or arrays and plain objects with tensors in them
 * @returns the function; the caller owns the tensors that it returns
 * @throws LoopwrightError at the first call, naming the line: if the function reads a tensor's values, creates a
 *   variable, or returns a promise or a disposed tensor
 * @example
 * const trainStep = compile((images: tf.Tensor, labels: tf.Tensor) =>
 *   optimizer.minimize(() => crossEntropy(model.apply(images, { training: true }) as tf.Tensor, labels)),
 * );
 */
export function compile<A extends unknown[], R>(
  fn: (...args: A) => R,
  options: CompileOptions = {},
): Compiled<A, R> {
  check.func('fn', fn);
  check.options(options, ['maxTraces']);
  const traces = new TraceCache<A, R>(fn, check.integer('maxTraces', options.maxTraces ?? 16, { min: 1 }));
  const compiled = (...args: A): R => traces.call(args);
  Object.defineProperty(compiled, 'traces', { get: () => traces.size });
  return Object.assign(compiled, { dispose: () => traces.dispose() }) as Compiled<A, R>;
}

/** One recording of the function. */
interface Trace {
  /** Undefined if the function cannot be recorded and is called as it is. */
  readonly program: Program | undefined;
  readonly rebuild: (tensors: readonly Tensor[]) => unknown;
  readonly state: string;
  /** Those of its arguments. */
  readonly guards: readonly string[];
}

/** What has to be as it was for a trace to serve a call. */
interface Guards {
  readonly key: string;
  readonly args: readonly string[];
}

class TraceCache<A extends unknown[], R> {
  private readonly fn: (...args: A) => R;
  private readonly maxTraces: number;
  /** By the keys of their guards; the least recently used first. */
  private readonly traces = new Map<string, Trace>();
  private warned = false;

  constructor(fn: (...args: A) => R, maxTraces: number) {
    this.fn = fn;
    this.maxTraces = maxTraces;
  }

  get size(): number {
    return this.traces.size;
  }

  call(args: A): R {
    const backend = activeNativeBackend();
    const extension = backend?.binding.loopwright;
    if (backend === undefined || extension === undefined || isRecording() || isDifferentiating()) {
      return this.callAsItIs(args);
    }
    const given = takeTensors(args);
    settleInFloat32(given.tensors);
    const guards = guardsOf(args);
    const trace = this.find(guards.key);
    if (trace === undefined) return this.record(backend, extension, guards, args, given);
    if (trace.program === undefined) return this.callAsItIs(args);
    return trace.rebuild(trace.program.run(given.tensors)) as R;
  }

  dispose(): void {
    for (const key of [...this.traces.keys()]) this.drop(key);
  }

  private callAsItIs(args: A): R {
    return tidy(() => this.synchronous(this.fn(...args)) as never) as R;
  }

  private find(key: string): Trace | undefined {
    const trace = this.traces.get(key);
    if (trace === undefined) return undefined;
    if (trace.program !== undefined && trace.program.state() !== trace.state) {
      this.drop(key);
      return undefined;
    }
    this.traces.delete(key);
    this.traces.set(key, trace);
    return trace;
  }

  private record(
    backend: NativeBackend,
    extension: NativeExtension,
    guards: Guards,
    args: A,
    given: Structure<Tensor>,
  ): R {
    const recorder = new FunctionRecorder(backend, extension);
    let rebuild: Trace['rebuild'] = () => undefined;
    let recorded: Program | undefined;
    let isLasting = false;
    tidy(() => {
      const inputs = given.tensors.map((tensor) => withOwnId(backend, extension, tensor));
      let results: readonly Tensor[] = [];
      const firstId = inside().nextTensorId();
      try {
        const recording = recorder.record(inputs, () => {
          const result = takeTensors(this.synchronous(this.fn(...(given.rebuild(inputs) as A))));
          refuseDisposed(result.tensors);
          rebuild = result.rebuild;
          results = result.tensors;
          return results;
        });
        recorded = new Program(backend, extension, recording);
      } catch (error) {
        isLasting = error instanceof Unrecordable;
        if (error instanceof Unrecordable) this.warn(`${error.message}; the function runs op by op`);
        // Perhaps it needs a variable that its work on the host makes: once that is done, it can be recorded.
        else if (error instanceof LoopwrightError || !recorder.leftWorkOut) throw error;
      } finally {
        disposeKept(results, firstId);
      }
    });
    const program = recorded as Program | undefined;
    if (program === undefined) {
      if (isLasting) this.keep(guards.key, { program, rebuild, state: '', guards: guards.args });
      return recorder.runAsItIs(() => this.callAsItIs(args));
    }
    try {
      const result = rebuild(program.run(given.tensors)) as R;
      this.keep(guards.key, { program, rebuild, state: program.state(), guards: guards.args });
      return result;
    } catch (error) {
      program.dispose();
      throw error;
    }
  }

  private keep(key: string, trace: Trace): void {
    this.traces.set(key, trace);
    this.dropOldest();
  }

  private synchronous(result: R): R {
    if (result instanceof Promise) check.fail('fn must not be asynchronous, but it returned a promise');
    return result;
  }

  private dropOldest(): void {
    if (this.traces.size <= this.maxTraces) return;
    const [before, last] = [...this.traces.values()].slice(-2) as [Trace, Trace];
    this.drop(this.traces.keys().next().value as string);
    this.warn(
      `the function was recorded for more than ${this.maxTraces} combinations of shapes and options, this time because ` +
        `${differenceOf(last.guards, before.guards)}; each recording takes time (what is another number at each call can be a ` +
        'tensor, and a last batch can be dropped or padded)',
    );
  }

  private drop(key: string): void {
    this.traces.get(key)?.program?.dispose();
    this.traces.delete(key);
  }

  private warn(message: string): void {
    if (this.warned) return;
    this.warned = true;
    process.emitWarning(`[loopwright/tensorflow] compile: ${message}`);
  }
}

function guardsOf(args: readonly unknown[]): Guards {
  const guards = argumentGuards(args);
  return { key: `${executionKey()} ${guards.join()}`, args: guards };
}

function refuseDisposed(results: readonly Tensor[]): void {
  const disposed = results.find(({ isDisposed }) => isDisposed);
  if (disposed === undefined) return;
  check.fail(
    `fn must not return a disposed tensor, but one of shape ${show(disposed.shape)} is; what is made inside minimize, ` +
      'variableGrads or tidy and not returned by it is kept by tf.keep',
  );
}

/** Disposes results that the function made and kept from its own `tidy`: the run of the record returns others. */
function disposeKept(results: readonly Tensor[], firstId: number): void {
  for (const result of results) {
    if (result.kept && result.id >= firstId && !(result instanceof Variable)) result.dispose();
  }
}

/** A tensor with the memory of another, and an id that nothing else has. */
function withOwnId(backend: NativeBackend, extension: NativeExtension, tensor: Tensor): Tensor {
  const [id] = backend.getInputTensorIds([tensor]) as [number];
  const { dtype } = backend.tensorMap.get(tensor.dataId);
  return backend.createOutputTensor({ id: extension.shareTensor(id), dtype, shape: tensor.shape });
}

/** Whether TensorFlow.js is watching for gradients, which needs every op. */
function isDifferentiating(): boolean {
  return inside().state.gradientDepth > 0;
}

/** What TensorFlow.js's engine keeps to itself. */
function inside(): { nextTensorId(): number; readonly state: { readonly gradientDepth: number } } {
  return engine() as unknown as ReturnType<typeof inside>;
}
