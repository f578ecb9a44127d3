import { attribute, type OpAttribute } from '../native/attributes.ts';
import type { BindingCalls } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import type { ComputeDtype, Padding } from './calls.ts';

/** A tensor that TensorFlow holds. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: readonly number[];
}

/**
 * Native ops in one dtype, on tensors below TensorFlow.js. It remembers what its ops return, so that all of that but
 * the result can be deleted in the end; see {@link computeWith}.
 */
export class NativeOps {
  private readonly calls: BindingCalls;
  private readonly type: OpAttribute;
  private readonly made: number[] = [];

  constructor(calls: BindingCalls, dtype: ComputeDtype) {
    this.calls = calls;
    this.type = attribute.type('T', DataType[dtype]);
  }

  /** Calls an op that has a type attribute `T` and one output. */
  execute(
    name: string,
    inputs: readonly NativeTensor[],
    attributes: readonly OpAttribute[] = [],
  ): NativeTensor {
    const ids = inputs.map(({ id }) => id);
    const [output] = this.calls.executeOp(name, [this.type, ...attributes], ids, 1);
    if (output === undefined) throw new Error(`${name} returned nothing`);
    this.made.push(output.id);
    return output;
  }

  /** An int32 tensor, a vector by default: a shape, a permutation, an axis. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): NativeTensor {
    const id = this.calls.createTensor(shape, DataType.int32, Int32Array.from(values));
    this.made.push(id);
    return { id, shape };
  }

  /** The product of two matrices, transposed first where that is said. */
  matMul(a: NativeTensor, b: NativeTensor, { transposeA = false, transposeB = false } = {}): NativeTensor {
    // The op for batches takes half the time of the other one where `b` is transposed, and the same elsewhere.
    const [name, left, right] = transposeB
      ? (['BatchMatMulV2', 'adj_x', 'adj_y'] as const)
      : (['MatMul', 'transpose_a', 'transpose_b'] as const);
    return this.execute(name, [a, b], [attribute.bool(left, transposeA), attribute.bool(right, transposeB)]);
  }

  /** One of the lengths may be -1, for what is left. */
  reshape(x: NativeTensor, shape: readonly number[]): NativeTensor {
    return this.execute('Reshape', [x, this.integers(shape)], [integerType('Tshape')]);
  }

  transpose(x: NativeTensor, permutation: readonly number[]): NativeTensor {
    return this.execute('Transpose', [x, this.integers(permutation)], [integerType('Tperm')]);
  }

  /** Reverses axes. */
  reverse(x: NativeTensor, axes: readonly number[]): NativeTensor {
    return this.execute('ReverseV2', [x, this.integers(axes)], [integerType('Tidx')]);
  }

  /** The part of a tensor from `begin` on; the tensor itself where that is all of it. */
  slice(x: NativeTensor, begin: readonly number[], size: readonly number[]): NativeTensor {
    if (size.every((length, axis) => length === x.shape[axis])) return x;
    return this.execute('Slice', [x, this.integers(begin), this.integers(size)], [integerType('Index')]);
  }

  /** Every so many elements of each axis, from `begin` to before `end`. */
  stridedSlice(
    x: NativeTensor,
    begin: readonly number[],
    end: readonly number[],
    strides: readonly number[],
  ): NativeTensor {
    const bounds = [begin, end, strides].map((values) => this.integers(values));
    return this.execute('StridedSlice', [x, ...bounds], [integerType('Index')]);
  }

  /** Zeros around a tensor: before and after, axis by axis; the tensor itself where there are none. */
  pad(x: NativeTensor, zeros: readonly (readonly [number, number])[]): NativeTensor {
    if (zeros.every(([before, after]) => before === 0 && after === 0)) return x;
    const paddings = this.integers(zeros.flat(), [zeros.length, 2]);
    return this.execute('Pad', [x, paddings], [integerType('Tpaddings')]);
  }

  /** Zeros around images. */
  padImages(x: NativeTensor, { top, bottom, left, right }: Padding): NativeTensor {
    return this.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
  }

  concat(parts: readonly NativeTensor[], axis: number): NativeTensor {
    const [only, ...others] = parts;
    if (only !== undefined && others.length === 0) return only;
    const attributes = [attribute.int('N', parts.length), integerType('Tidx')];
    return this.execute('ConcatV2', [...parts, this.integers([axis], [])], attributes);
  }

  /** The sum of tensors of one shape. */
  sum(terms: readonly NativeTensor[]): NativeTensor {
    const [only, ...others] = terms;
    if (only !== undefined && others.length === 0) return only;
    return this.execute('AddN', terms, [attribute.int('N', terms.length)]);
  }

  zerosLike(x: NativeTensor): NativeTensor {
    return this.execute('ZerosLike', [x]);
  }

  /** Deletes what the ops have made, except one tensor. */
  deleteAllBut(kept: NativeTensor | undefined): void {
    for (const id of this.made.splice(0)) if (id !== kept?.id) this.calls.deleteTensor(id);
  }
}

/** Runs a computation and deletes all that it made but its result, and that too if it throws. */
export function computeWith(
  calls: BindingCalls,
  dtype: ComputeDtype,
  compute: (ops: NativeOps) => NativeTensor,
): NativeTensor {
  const ops = new NativeOps(calls, dtype);
  let result: NativeTensor | undefined;
  try {
    result = compute(ops);
    return result;
  } finally {
    ops.deleteAllBut(result);
  }
}

/** The attribute for the type of an op's shapes and indices. */
function integerType(name: string): OpAttribute {
  return attribute.type(name, DataType.int32);
}
