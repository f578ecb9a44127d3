import type { Recorder } from '@loopwright/core/tensors';
import type { Variable } from '@tensorflow/tfjs-core';
import { DataType, type DataTypeNumber } from '../native/data-types.ts';
import { type AttrValue, type NodeDef, shapeOf } from './graph-def.ts';
import type { TracedValue } from './traced-value.ts';

/** Work of the host between two segments, with the tensors that it borrows. */
export interface TracedEffect {
  readonly tensors: readonly TracedValue[];
  readonly run: Parameters<Recorder['hostEffect']>[1];
}

/** A variable that a segment gives a new value. */
export interface Assignment {
  readonly variable: Variable;
  readonly value: TracedValue;
}

/**
 * A stretch of a recorded function that runs as one TensorFlow function. Segments end where the host has to do
 * something; most functions have one or two.
 */
export class Segment {
  readonly nodes: NodeDef[] = [];
  /** What the function takes, in the order of its placeholders. */
  readonly inputs: TracedValue[] = [];
  /** What the host computes before the segment runs, in this order. */
  readonly hostValues: TracedValue[] = [];
  /** What the function returns. */
  readonly outputs: TracedValue[] = [];
  readonly outputNames: string[] = [];
  /** Nodes that run whether or not an output needs them. */
  readonly controls: string[] = [];
  assignments: readonly Assignment[] = [];
  /** What the host does after this segment. */
  effect: TracedEffect | undefined;
  private readonly names = new Map<TracedValue, string>();
  private readonly copies = new Map<TracedValue, TracedValue>();

  inputNames(): string[] {
    return this.inputs.map((_, index) => `${placeholderName(index)}:0`);
  }

  addNode(op: string, input: string[], attr: Record<string, AttrValue>): NodeDef {
    const node = { name: `n${this.nodes.length}_${op}`, op, input, attr };
    this.nodes.push(node);
    return node;
  }

  /** How a node of this segment names a value. */
  reference(value: TracedValue): string {
    const { origin } = value;
    if (origin.kind === 'computed' && origin.segment === this) return origin.output;
    const known = this.names.get(value);
    if (known !== undefined) return known;
    const name = origin.kind === 'constant' ? this.addConstant(value, origin.values) : this.addInput(value);
    this.names.set(value, name);
    return name;
  }

  /** Sees to it that the function returns a value that it computes. */
  requireOutput(value: TracedValue): void {
    if (this.outputs.includes(value)) return;
    if (value.origin.kind !== 'computed' || value.origin.segment !== this) {
      throw new Error('a segment can only return what it computes');
    }
    this.outputs.push(value);
    this.outputNames.push(this.cast(value.origin.output, value.dtype, visibleType(value.dtype)));
  }

  /** A value of this segment's with the same elements, which it returns. */
  copyOf(value: TracedValue): TracedValue {
    const known = this.copies.get(value);
    if (known !== undefined) return known;
    const { dtype, shape } = value;
    const { name } = this.addNode('Identity', [this.reference(value)], { T: { type: dtype } });
    const copy: TracedValue = {
      dtype,
      shape,
      origin: { kind: 'computed', segment: this, output: `${name}:0` },
    };
    this.copies.set(value, copy);
    this.requireOutput(copy);
    return copy;
  }

  private addInput(value: TracedValue): string {
    const { origin } = value;
    const own = origin.kind === 'variable' && origin.segment === this;
    const name = placeholderName(this.inputs.push(own ? value : returnable(value)) - 1);
    const dtype = visibleType(value.dtype);
    const shape = shapeOf(value.shape);
    const attr = { dtype: { type: dtype }, shape: { shape }, _output_shapes: { list: { shape: [shape] } } };
    this.nodes.push({ name, op: 'Placeholder', input: [], attr });
    return this.cast(`${name}:0`, dtype, value.dtype);
  }

  private addConstant({ dtype, shape }: TracedValue, values: ArrayBufferView): string {
    const tensorContent = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const tensor = { dtype, tensorShape: shapeOf(shape), tensorContent };
    return `${this.addNode('Const', [], { dtype: { type: dtype }, value: { tensor } }).name}:0`;
  }

  private cast(output: string, from: DataTypeNumber, to: DataTypeNumber): string {
    if (from === to) return output;
    const attr = { SrcT: { type: from }, DstT: { type: to }, Truncate: { b: false } };
    return `${this.addNode('Cast', [output], attr).name}:0`;
  }
}

/**
 * A value that is there when its segment has run. Of a variable's it is a copy, because the variable may have another
 * one by then.
 */
export function returnable(value: TracedValue): TracedValue {
  const { origin } = value;
  if (origin.kind === 'variable') return origin.segment.copyOf(value);
  if (origin.kind === 'computed') origin.segment.requireOutput(value);
  return value;
}

/** TensorFlow.js has no bfloat16, so outside a graph such a tensor is float32. */
function visibleType(dtype: DataTypeNumber): DataTypeNumber {
  return dtype === DataType.bfloat16 ? DataType.float32 : dtype;
}

function placeholderName(index: number): string {
  return `input${index}`;
}
