import { attribute, type OpAttribute } from '../native/attributes.ts';
import type { BindingCalls } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import type { ComputeDtype } from './calls.ts';

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
  /** The number of the dtype that these ops are called with. */
  readonly type: number;
  private readonly calls: BindingCalls;
  private readonly made: number[] = [];

  constructor(calls: BindingCalls, dtype: ComputeDtype) {
    this.calls = calls;
    this.type = DataType[dtype];
  }

  /** Calls an op that has a type attribute `T` and one output. */
  execute(
    name: string,
    inputs: readonly NativeTensor[],
    attributes: readonly OpAttribute[] = [],
  ): NativeTensor {
    const ids = inputs.map(({ id }) => id);
    const [output] = this.calls.executeOp(name, [attribute.type('T', this.type), ...attributes], ids, 1);
    if (output === undefined) throw new Error(`${name} returned nothing`);
    this.made.push(output.id);
    return output;
  }

  /** A vector of integers: a shape, a permutation, indices. */
  integers(values: readonly number[]): NativeTensor {
    const id = this.calls.createTensor([values.length], DataType.int32, Int32Array.from(values));
    this.made.push(id);
    return { id, shape: [values.length] };
  }

  /** The product of two matrices. */
  matMul(a: NativeTensor, b: NativeTensor, transposeA = false, transposeB = false): NativeTensor {
    const attributes = [attribute.bool('transpose_a', transposeA), attribute.bool('transpose_b', transposeB)];
    return this.execute('MatMul', [a, b], attributes);
  }

  reshape(x: NativeTensor, shape: readonly number[]): NativeTensor {
    return this.execute('Reshape', [x, this.integers(shape)], [INT32_SHAPE]);
  }

  transpose(x: NativeTensor, permutation: readonly number[]): NativeTensor {
    return this.execute(
      'Transpose',
      [x, this.integers(permutation)],
      [attribute.type('Tperm', DataType.int32)],
    );
  }

  /** Deletes what the ops have made, except one tensor. */
  deleteAllBut(kept: NativeTensor | undefined): void {
    for (const id of this.made.splice(0)) if (id !== kept?.id) this.calls.deleteTensor(id);
  }
}

const INT32_SHAPE = attribute.type('Tshape', DataType.int32);

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
