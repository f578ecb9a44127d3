import type { OpAttribute } from '../native/attributes.ts';
import type { BindingCalls, TensorMetadata } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import type { BindingLayer } from '../native/layers.ts';
import { activeExtension } from '../native/native-backend.ts';
import { BFLOAT16_OPS, type Bfloat16Op, isTyped } from './bfloat16-ops.ts';
import type { Bfloat16Tensors } from './bfloat16-tensors.ts';

/** What the layer has to know of the function that runs. */
export interface PrecisionPolicy {
  /**
   * Whether a function runs under autocast now. Convolutions and matrix products then become bfloat16 that are asked for in
   * float32, and casts are remembered; otherwise only what is bfloat16 already can make anything so.
   */
  readonly isReducing: boolean;
  /** Whether the type of each call is chosen together with its algorithm, so that what is asked for is meant. */
  readonly choosesByCall: boolean;
  /** Takes the layer away if nothing needs it any more. */
  removeIdleLayer(): void;
}

/**
 * The layer that lets ops compute in bfloat16. It is called with what TensorFlow.js wants, all float32, and decides for
 * each op:
 *
 * - convolutions and matrix products become bfloat16, unless their type has been chosen together with their algorithm;
 * - ops that can follow their inputs into bfloat16 do (see {@link BFLOAT16_OPS}), what else they take being cast;
 * - all others get float32, and so does whoever reads a tensor.
 *
 * An op that is called with the type attribute of bfloat16 gets what it asks for.
 */
export class PrecisionLayer {
  private readonly tensors: Bfloat16Tensors;
  private readonly policy: PrecisionPolicy;

  constructor(tensors: Bfloat16Tensors, policy: PrecisionPolicy) {
    this.tensors = tensors;
    this.policy = policy;
  }

  readonly layer: BindingLayer = (next) => {
    const { tensors } = this;
    // Called anew whenever the layers below change, as when a recording begins or ends.
    tensors.castThrough(next);
    return {
      deleteTensor: (id) => {
        tensors.delete(id);
        this.policy.removeIdleLayer();
      },
      executeOp: (...call) => this.remembering(() => this.executeOp(next, ...call)),
      tensorDataSync: (id, target) =>
        this.remembering(() => next.tensorDataSync(tensors.inFloat32(id), target)),
    };
  };

  private remembering<T>(run: () => T): T {
    if (this.policy.isReducing) return run();
    try {
      return run();
    } finally {
      this.tensors.forgetCasts();
    }
  }

  private executeOp(
    next: BindingCalls,
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const { tensors } = this;
    const op = BFLOAT16_OPS.get(name);
    const asksForBfloat16 = attributes.some(isBfloat16);
    if (op !== undefined && (asksForBfloat16 || this.takesBfloat16(op, attributes, inputs))) {
      const cast = inputs.map((id, index) =>
        isTyped(op, index, inputs.length) ? tensors.inBfloat16(id) : id,
      );
      const results = next.executeOp(name, attributes.map(inBfloat16), cast, outputs);
      return results.map((result) => this.expose(op, result));
    }
    const given = asksForBfloat16 ? inputs : inputs.map((id) => tensors.inFloat32(id));
    return next.executeOp(name, attributes, given, outputs).map((result) => tensors.note(result));
  }

  private takesBfloat16(
    op: Bfloat16Op,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
  ): boolean {
    const { tensors, policy } = this;
    if (op.follows === 'product') {
      const isMeant = op.chosen === true && policy.choosesByCall;
      if (isMeant || !attributes.some(isFloat32)) return false;
      return policy.isReducing || inputs.some((id) => tensors.has(id));
    }
    if (op.follows === 'call') return false;
    if (op.follows !== 'all') return tensors.has(inputs[op.follows] as number);
    const typed = inputs.filter((_, index) => isTyped(op, index, inputs.length));
    const float32 = typed.filter((id) => !tensors.has(id));
    if (float32.length === 0) return typed.length > 0;
    return (
      op.addsBias === true &&
      float32.length === 1 &&
      typed.length === 2 &&
      isBias(float32[0] as number, typed)
    );
  }

  private expose(op: Bfloat16Op, result: TensorMetadata): TensorMetadata {
    const noted = this.tensors.note(result);
    return op.ofWeight === true ? { ...noted, id: this.tensors.replace(noted.id) } : noted;
  }
}

/** Whether a tensor is a vector and the other one, to which it is added, is not. */
function isBias(vector: number, addends: readonly number[]): boolean {
  const extension = activeExtension();
  if (extension === undefined) return false;
  const rank = (id: number) => extension.describeTensor(id).shape.length;
  return rank(vector) === 1 && addends.every((id) => id === vector || rank(id) > 1);
}

function isFloat32({ name, value }: OpAttribute): boolean {
  return name === 'T' && value === DataType.float32;
}

function isBfloat16({ name, value }: OpAttribute): boolean {
  return name === 'T' && value === DataType.bfloat16;
}

function inBfloat16(attribute: OpAttribute): OpAttribute {
  return isFloat32(attribute) ? { ...attribute, value: DataType.bfloat16 } : attribute;
}
