import type { OpAttribute } from './attributes.ts';
import type { DataTypeNumber } from './data-types.ts';

/** What the binding says of a tensor that an op returned. The id has to be deleted. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: DataTypeNumber;
}

/** The calls that make, read and free tensors. Everything that TensorFlow.js does natively passes through them. */
export interface BindingCalls {
  /** @param values shares its memory with the tensor where it is aligned */
  createTensor(
    shape: readonly number[],
    dtype: DataTypeNumber,
    values: ArrayBufferView | Uint8Array[],
  ): number;
  deleteTensor(id: number): void;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  /** @param target memory to copy the tensor's bytes to, instead of to new memory */
  tensorDataSync(id: number, target?: Uint8Array): ArrayBufferView;
}

/** Something that a thread of TensorFlow did, by TensorFlow's own tracer. */
export interface TraceEvent {
  /** A number that stands for the thread, in one trace. */
  readonly thread: number;
  readonly name: string;
  /** Milliseconds since the trace began. */
  readonly start: number;
  readonly milliseconds: number;
}

/** What this package's C++ adds to the vendor's binding; see `native/`. */
export interface NativeExtension {
  /**
   * Makes a graph callable as an op of this name.
   *
   * @param graphDef a serialized GraphDef
   * @param inputs `node:index` of the placeholders that become arguments
   * @param outputs `node:index`
   * @param controlOutputs nodes that run whether or not an output needs them
   */
  addFunction(
    name: string,
    graphDef: Uint8Array,
    inputs: readonly string[],
    outputs: readonly string[],
    controlOutputs: readonly string[],
  ): void;
  removeFunction(name: string): void;
  /** All ops that TensorFlow knows, as a serialized OpList. */
  opDefinitions(): Uint8Array;
  describeTensor(id: number): { readonly shape: number[]; readonly dtype: DataTypeNumber };
  /** A second id for the same memory, to be deleted like any other. */
  shareTensor(id: number): number;
  /** Copies a tensor's bytes to memory of that size. */
  readTensor(id: number, target: Uint8Array): void;
  /** Deletes all of them, or none if one does not exist. */
  deleteTensors(ids: readonly number[]): void;
  /**
   * Changes float32 tensors in the host's memory where they lie, each under its id; see `native/in_place.h`.
   *
   * @param ids a row an update, -1 for a tensor that is left out
   * @returns false, with nothing changed, if it cannot be done
   */
  updateInPlace(
    kernel: string,
    ids: readonly number[],
    numbers: Float64Array,
    columns: readonly number[],
  ): boolean;
  /** Ids of the tensors' joint norm and of the scaled tensors; none if it cannot be done. */
  clipToNorm(ids: readonly number[], limit: number): number[];
  /** Ids of new tensors with all values between -limit and limit; none if it cannot be done. */
  clipToRange(ids: readonly number[], limit: number): number[];
  /** The index of the first tensor that holds NaN or an infinity; -1 if none does, -2 if it cannot be told. */
  firstNotFinite(ids: readonly number[]): number;
  /** Starts TensorFlow's own tracer; false if a profiler is at work already. */
  beginTrace(): boolean;
  /** Stops the tracer and returns what it saw since, each thread's events in the order in which they ended. */
  endTrace(): TraceEvent[];
  /** Holds back what is written to standard output; false if that could not be done. */
  beginOutput(): boolean;
  /** Ends that, and returns what was written meanwhile. */
  endOutput(): string;
}

/** The binding of `@tensorflow/tfjs-node-gpu`. */
export interface NativeBinding extends BindingCalls {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
  /** Missing from the vendor's own build. */
  readonly loopwright?: NativeExtension;
}
