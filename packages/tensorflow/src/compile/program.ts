import { reasonOf } from '@loopwright/core';
import { recordWith } from '@loopwright/core/tensors';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { NativeExtension, TensorMetadata } from '../native/binding.ts';
import type { NativeBackend } from '../native/native-backend.ts';
import { encodeGraph } from './graph-def.ts';
import { type Recording, Unrecordable } from './recorder.ts';
import type { Segment } from './segment.ts';
import type { TracedValue } from './traced-value.ts';
import { setVariable, variableId } from './variables.ts';

let nextFunction = 0;

/** A recorded function that can be run: its segments as TensorFlow functions, and the host's work between them. */
export class Program {
  private readonly backend: NativeBackend;
  private readonly extension: NativeExtension;
  private readonly recording: Recording;
  private readonly functions: readonly (string | undefined)[];
  /** Values that more than one taker gets; each gets an id of its own. */
  private readonly shared: ReadonlySet<TracedValue>;

  constructor(backend: NativeBackend, extension: NativeExtension, recording: Recording) {
    this.backend = backend;
    this.extension = extension;
    this.recording = recording;
    this.shared = valuesWithSeveralTakers(recording);
    const functions: (string | undefined)[] = [];
    this.functions = functions;
    try {
      for (const segment of recording.segments) functions.push(addFunction(extension, segment));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * Runs the program.
   *
   * @param inputs borrowed
   * @returns what the recorded function returned; the caller owns it
   */
  run(inputs: readonly Tensor[]): Tensor[] {
    const call = new ProgramCall(this.backend, this.extension, this.shared, inputs);
    try {
      for (const [index, segment] of this.recording.segments.entries()) {
        call.runSegment(segment, this.functions[index]);
      }
      return this.recording.returned.map((value) => this.backend.createOutputTensor(call.take(value)));
    } finally {
      call.end();
    }
  }

  /** What else than the arguments has to be the same as at the recording, as it is now. */
  state(): string {
    const { variables, guards } = this.recording;
    const flags = variables.map(({ trainable, isDisposed }) => (isDisposed ? 'x' : trainable ? '1' : '0'));
    return [flags.join(''), ...guards.map((read) => read())].join();
  }

  /** Frees the functions and the captured tensors. */
  dispose(): void {
    for (const name of this.functions) if (name !== undefined) this.extension.removeFunction(name);
    this.extension.deleteTensors(this.recording.captured);
  }
}

/** The values of one call. */
class ProgramCall {
  private readonly backend: NativeBackend;
  private readonly extension: NativeExtension;
  private readonly shared: ReadonlySet<TracedValue>;
  private readonly inputs: readonly number[];
  private readonly results = new Map<TracedValue, TensorMetadata>();

  constructor(
    backend: NativeBackend,
    extension: NativeExtension,
    shared: ReadonlySet<TracedValue>,
    inputs: readonly Tensor[],
  ) {
    this.backend = backend;
    this.extension = extension;
    this.shared = shared;
    this.inputs = backend.getInputTensorIds(inputs);
  }

  runSegment(segment: Segment, name: string | undefined): void {
    for (const value of segment.hostValues) this.results.set(value, this.hostValue(value));
    if (name !== undefined) {
      const ids = segment.inputs.map((value) => this.idOf(value));
      const outputs = this.backend.binding.executeOp(name, [], ids, segment.outputs.length);
      for (const [index, value] of segment.outputs.entries()) {
        this.results.set(value, outputs[index] as TensorMetadata);
      }
    }
    for (const { variable, value } of segment.assignments) {
      setVariable(this.backend, variable, this.take(value));
    }
    const { effect } = segment;
    if (effect === undefined) return;
    const tensors = effect.tensors.map((value) => this.backend.createOutputTensor(this.take(value)));
    try {
      tidy(() => recordWith(undefined, () => effect.run(tensors)));
    } finally {
      for (const tensor of tensors) tensor.dispose();
    }
  }

  /** A value's id for one that will own it. */
  take(value: TracedValue): TensorMetadata {
    const result = this.results.get(value);
    if (result !== undefined && !this.shared.has(value)) {
      this.results.delete(value);
      return result;
    }
    // How many there are of some ops' results depends on values, and may differ from the recording.
    const { dtype, shape } = result ?? value;
    return { id: this.extension.shareTensor(this.idOf(value)), dtype, shape: [...shape] };
  }

  /** Frees what nobody took. */
  end(): void {
    this.extension.deleteTensors([...this.results.values()].map(({ id }) => id));
  }

  private idOf(value: TracedValue): number {
    const { origin } = value;
    switch (origin.kind) {
      case 'argument':
        return this.inputs[origin.index] as number;
      case 'variable':
        return variableId(this.backend, origin.variable);
      case 'captured':
        return origin.id;
      default:
        return (this.results.get(value) as TensorMetadata).id;
    }
  }

  private hostValue({ origin, dtype, shape }: TracedValue): TensorMetadata {
    if (origin.kind !== 'host') throw new Error('not a value of the host');
    const { data } = origin.read();
    const id = this.backend.binding.createTensor(shape, dtype, data.slice());
    return { id, dtype, shape: [...shape] };
  }
}

/** Registers a segment under a name of its own; none if it does nothing. */
function addFunction(extension: NativeExtension, segment: Segment): string | undefined {
  const { nodes, outputNames, controls } = segment;
  if (outputNames.length === 0 && controls.length === 0) return undefined;
  const name = `loopwright_compiled_${nextFunction++}`;
  try {
    extension.addFunction(name, encodeGraph(nodes), segment.inputNames(), outputNames, controls);
  } catch (error) {
    throw new Unrecordable(`TensorFlow does not take the graph (${reasonOf(error)})`);
  }
  return name;
}

function valuesWithSeveralTakers({ segments, returned }: Recording): Set<TracedValue> {
  const taken = new Set<TracedValue>();
  const several = new Set<TracedValue>();
  const take = (value: TracedValue) => {
    if (taken.has(value)) several.add(value);
    taken.add(value);
  };
  for (const { inputs, assignments, effect } of segments) {
    // A later segment that reads it counts as well: it must not be gone by then.
    for (const value of inputs) take(value);
    for (const { value } of assignments) take(value);
    for (const value of effect?.tensors ?? []) take(value);
  }
  for (const value of returned) take(value);
  return several;
}
