import { LoopwrightError, type TensorValue } from '@loopwright/core';
import { type Recorder, recordWith, toTensor } from '@loopwright/core/tensors';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { settleInFloat32 } from '../autocast/precision.ts';
import { attribute, type OpAttribute } from '../native/attributes.ts';
import type { BindingCalls, NativeExtension, TensorMetadata } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import type { BindingLayer } from '../native/layers.ts';
import { insertLayer, type NativeBackend, unlayeredCalls } from '../native/native-backend.ts';
import { completeAttributes } from './op-attributes.ts';
import { opDefinition } from './op-definitions.ts';
import { returnable, Segment } from './segment.ts';
import type { Origin, TracedValue } from './traced-value.ts';
import { userLine } from './user-line.ts';
import { allVariables, setVariable, unshareVariable, variableId, watchingNewVariables } from './variables.ts';

/** Values up to this size that a function brings in are written into the graph, where TensorFlow can fold them. */
const MAX_CONSTANT_BYTES = 1 << 16;

/** A function as it was recorded. */
export interface Recording {
  readonly segments: readonly Segment[];
  /** What the function returned, one for each tensor of its result. */
  readonly returned: readonly TracedValue[];
  /** Ids that the recording owns. */
  readonly captured: readonly number[];
  /** Variables that the function reads or assigns. */
  readonly variables: readonly Variable[];
  /** What else has to be the same as at the recording. */
  readonly guards: readonly (() => string)[];
}

/** Why a function cannot be compiled, although it can be run. */
export class Unrecordable extends Error {}

/**
 * Writes down what a function does while it runs: each op that reaches the binding, each variable that is read or
 * assigned, and the work of the host in between, which is not done. When the function has run, variables hold what they
 * held before: nothing has happened yet but the record.
 */
export class FunctionRecorder implements Recorder {
  private readonly backend: NativeBackend;
  private readonly extension: NativeExtension;
  private readonly values = new Map<number, TracedValue>();
  private readonly held = new Map<Variable, number>();
  private readonly used = new Set<Variable>();
  private readonly lastUse = new Map<number, string>();
  private readonly captured: number[] = [];
  private readonly hostMade = new Set<number>();
  private readonly guards: (() => string)[] = [];
  private readonly hostValues: TensorValue[] = [];
  private readonly segments: Segment[] = [new Segment()];
  private onHost = false;
  private obstacle: string | undefined;

  constructor(backend: NativeBackend, extension: NativeExtension) {
    this.backend = backend;
    this.extension = extension;
  }

  /**
   * Runs a function and records it.
   *
   * @param inputs tensors with ids of their own
   * @param fn returns the tensors of its result
   */
  record(inputs: readonly Tensor[], fn: () => readonly Tensor[]): Recording {
    for (const [index, input] of inputs.entries()) {
      this.note(input, { kind: 'argument', index });
    }
    settleInFloat32(allVariables());
    this.noteVariables();
    const before = this.holdVariables();
    const remove = insertLayer('recording', this.layer);
    try {
      const onNew = (name: string) => this.onHost || this.refuseVariable(name);
      const tensors = watchingNewVariables(onNew, () => recordWith(this, fn));
      this.onHost = true;
      this.noteAssignments();
      const returned = tensors.map((tensor) => this.lastingValue(this.idOf(tensor)));
      if (this.obstacle !== undefined) throw new Unrecordable(this.obstacle);
      const { segments, captured, guards } = this;
      return { segments, returned, captured, variables: [...this.used], guards };
    } catch (error) {
      this.extension.deleteTensors(this.captured);
      throw error;
    } finally {
      remove();
      this.putBack(before);
    }
  }

  /** Whether the function may have missed what its work on the host, which was not done, would have made. */
  get leftWorkOut(): boolean {
    return this.segments.length > 1;
  }

  /** Runs a function that was not recorded as it is, with what the host computed when that was tried. */
  runAsItIs<T>(fn: () => T): T {
    return recordWith(
      {
        hostTensor: (read) => toTensor(this.hostValues.shift() ?? read()),
        hostEffect: (tensors, run) => recordWith(undefined, () => run(tensors)),
        hostGuard: () => {},
      },
      fn,
    );
  }

  hostTensor(read: () => TensorValue): Tensor {
    return this.asHost(() => {
      const value = read();
      this.hostValues.push(value);
      const tensor = toTensor(value);
      this.segment.hostValues.push(this.note(tensor, { kind: 'host', read: startingWith(value, read) }));
      return tensor;
    });
  }

  hostEffect(tensors: readonly Tensor[], run: (tensors: readonly Tensor[]) => void): void {
    settleInFloat32(allVariables());
    this.noteAssignments();
    const borrowed = tensors.map((tensor) => this.lastingValue(this.idOf(tensor)));
    this.segment.effect = { tensors: borrowed, run };
    this.segments.push(new Segment());
    this.noteVariables();
  }

  hostGuard(read: () => string): void {
    this.guards.push(read);
  }

  private get segment(): Segment {
    return this.segments.at(-1) as Segment;
  }

  private readonly layer: BindingLayer = (next) => ({
    createTensor: (shape, dtype, values) => {
      const id = next.createTensor(shape, dtype, values);
      if (!this.onHost) this.noteCreated(id, shape, dtype, values);
      return id;
    },
    executeOp: (name, attributes, inputs, outputs) => {
      const results = next.executeOp(name, attributes, inputs, outputs);
      if (this.onHost) for (const { id } of results) this.hostMade.add(id);
      else this.addOp(name, attributes, inputs, results);
      return results;
    },
    tensorDataSync: (id, target) => {
      if (!this.onHost) this.refuseRead();
      return next.tensorDataSync(id, target);
    },
  });

  private addOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    results: readonly TensorMetadata[],
  ): void {
    const definition = opDefinition(this.extension, name);
    if (definition === undefined) {
      this.obstacle ??= `op ${name}, used at ${userLine()}, is not one of TensorFlow's own`;
    }
    const { segment } = this;
    const values = inputs.map((id) => this.valueOf(id));
    const types = values.map(({ dtype }) => dtype);
    const attr = definition === undefined ? {} : completeAttributes(definition, attributes, types);
    const node = segment.addNode(
      name,
      values.map((value) => segment.reference(value)),
      attr,
    );
    // What works on one resource keeps its order, and is done even if nothing comes of it.
    const resources = inputs.filter((_, index) => types[index] === DataType.resource);
    for (const resource of resources) {
      const before = this.lastUse.get(resource);
      if (before !== undefined && segment.nodes.some((other) => other.name === before)) {
        node.input.push(`^${before}`);
      }
      this.lastUse.set(resource, node.name);
    }
    if (resources.length > 0) segment.controls.push(node.name);
    for (const [index, { id, dtype, shape }] of results.entries()) {
      const origin: Origin = { kind: 'computed', segment, output: `${node.name}:${index}` };
      this.values.set(id, { dtype, shape, origin });
    }
  }

  /** The value behind an id. What is not known has been there before, and is kept. */
  private valueOf(id: number): TracedValue {
    const known = this.values.get(id);
    if (known !== undefined) {
      if (known.origin.kind === 'variable') this.used.add(known.origin.variable);
      return known;
    }
    if (this.hostMade.has(id)) {
      throw failure(`a tensor that the host made while recording is used at ${userLine()}`);
    }
    const { shape, dtype } = this.extension.describeTensor(id);
    return this.capture(id, shape, dtype);
  }

  /** The value behind an id, for one that takes it when the segment has run. */
  private lastingValue(id: number): TracedValue {
    const value = this.valueOf(id);
    return value.origin.kind === 'constant' ? this.segment.copyOf(value) : returnable(value);
  }

  private capture(id: number, shape: readonly number[], dtype: number): TracedValue {
    const own = dtype === DataType.bfloat16 ? inFloat32(id) : this.extension.shareTensor(id);
    this.captured.push(own);
    const value: TracedValue = { dtype, shape, origin: { kind: 'captured', id: own } };
    this.values.set(id, value);
    return value;
  }

  private noteCreated(
    id: number,
    shape: readonly number[],
    dtype: number,
    values: Parameters<BindingCalls['createTensor']>[2],
  ): void {
    if (ArrayBuffer.isView(values) && values.byteLength <= MAX_CONSTANT_BYTES) {
      const copy = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
      this.values.set(id, { dtype, shape, origin: { kind: 'constant', values: copy } });
    } else {
      this.capture(id, shape, dtype);
    }
  }

  private note(tensor: Tensor, origin: Origin): TracedValue {
    const id = this.idOf(tensor);
    const { dtype } = this.backend.tensorMap.get(tensor.dataId);
    const value = { dtype, shape: tensor.shape, origin };
    this.values.set(id, value);
    return value;
  }

  /** From here on, the ids of variables mean what they hold now. */
  private noteVariables(): void {
    this.held.clear();
    this.asHost(() => {
      for (const variable of allVariables()) {
        if (this.isShared(variable)) unshareVariable(this.backend, variable);
        this.note(variable, { kind: 'variable', variable, segment: this.segment });
        this.held.set(variable, this.idOf(variable));
      }
    });
  }

  /** A second id for what each variable holds. */
  private holdVariables(): Map<Variable, number> {
    return new Map([...this.held].map(([variable, id]) => [variable, this.extension.shareTensor(id)]));
  }

  private putBack(before: ReadonlyMap<Variable, number>): void {
    const isOnHost = this.onHost;
    this.onHost = true;
    for (const [variable, id] of before) {
      if (variable.isDisposed) this.extension.deleteTensors([id]);
      else {
        const { dtype } = this.backend.tensorMap.get(variable.dataId);
        setVariable(this.backend, variable, { id, dtype, shape: [...variable.shape] });
      }
    }
    this.onHost = isOnHost;
  }

  /** Whether the id of a variable could also mean another tensor, or a variable noted before it. */
  private isShared(variable: Variable): boolean {
    const origin = this.values.get(this.idOf(variable))?.origin;
    const another = origin?.kind === 'variable' && origin.segment === this.segment;
    return another || this.backend.tensorMap.get(variable.dataId).refCount > 1;
  }

  /** Which variables have another value than at the segment's start. */
  private noteAssignments(): void {
    const assignments = [];
    for (const [variable, before] of this.held) {
      if (variable.isDisposed) continue;
      const id = this.idOf(variable);
      if (id === before) continue;
      this.used.add(variable);
      assignments.push({ variable, value: this.lastingValue(id) });
    }
    this.segment.assignments = assignments;
  }

  private idOf(tensor: Tensor | Variable): number {
    return variableId(this.backend, tensor as Variable);
  }

  private asHost<T>(fn: () => T): T {
    const before = this.onHost;
    this.onHost = true;
    try {
      return fn();
    } finally {
      this.onHost = before;
    }
  }

  private refuseRead(): never {
    throw failure(
      `a value was read at ${userLine()} while the function was recorded; it would not be read again at later calls. ` +
        'Return the tensor and read it outside',
    );
  }

  private refuseVariable(name: string): never {
    throw failure(
      `variable ${JSON.stringify(name)} was created at ${userLine()} while the function was recorded; create it ` +
        'before, outside the function',
    );
  }
}

/** Reads a value that is there already first, and then anew each time. */
function startingWith(first: TensorValue, read: () => TensorValue): () => TensorValue {
  let pending: TensorValue | undefined = first;
  return () => {
    const value = pending ?? read();
    pending = undefined;
    return value;
  };
}

/** A float32 copy of a bfloat16 tensor, made unseen by any recording: segments take no other floats from outside. */
function inFloat32(id: number): number {
  const attributes = [
    attribute.type('SrcT', DataType.bfloat16),
    attribute.type('DstT', DataType.float32),
    attribute.bool('Truncate', false),
  ];
  const [copy] = unlayeredCalls().executeOp('Cast', attributes, [id], 1) as [TensorMetadata];
  return copy.id;
}

function failure(message: string): LoopwrightError {
  return new LoopwrightError({ package: 'tensorflow', subject: 'compile' }, message);
}
