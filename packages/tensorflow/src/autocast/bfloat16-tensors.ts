import { isRecording } from '@loopwright/core/tensors';
import { attribute } from '../native/attributes.ts';
import type { BindingCalls, TensorMetadata } from '../native/binding.ts';
import { DataType, type DataTypeNumber } from '../native/data-types.ts';

/**
 * Which tensors of TensorFlow.js are bfloat16 natively, and what has been cast. TensorFlow.js has no such type: to it
 * they are float32.
 *
 * A cast is remembered until its tensor is deleted, so that a weight or an activation is cast once. It must not outlive
 * what could change a tensor in place, nor get from one recording into another; see {@link forgetCasts}.
 */
export class Bfloat16Tensors {
  private readonly ids = new Set<number>();
  /** From a tensor to the same values in the other of the two types. */
  private readonly casts = new Map<number, number>();
  private calls: BindingCalls;
  private recording = isRecording();

  /** @param calls casts and deletes */
  constructor(calls: BindingCalls) {
    this.calls = calls;
  }

  /** Casts and deletes through other calls from here on. */
  castThrough(calls: BindingCalls): void {
    this.calls = calls;
    this.forgetCasts();
  }

  get size(): number {
    return this.ids.size;
  }

  has(id: number): boolean {
    return this.ids.has(id);
  }

  /** Notes what an op returned, and returns it as TensorFlow.js is to see it. */
  note(metadata: TensorMetadata): TensorMetadata {
    if (metadata.dtype !== DataType.bfloat16) return metadata;
    this.ids.add(metadata.id);
    return { ...metadata, dtype: DataType.float32 };
  }

  /** The tensor in float32, if it is one of those that are bfloat16; borrowed. */
  inFloat32(id: number): number {
    return this.ids.has(id) ? this.cast(id, DataType.bfloat16, DataType.float32) : id;
  }

  /** The tensor in bfloat16; borrowed. */
  inBfloat16(id: number): number {
    return this.ids.has(id) ? id : this.cast(id, DataType.float32, DataType.bfloat16);
  }

  /** A tensor in float32 in place of one in bfloat16, which is deleted. */
  replace(id: number): number {
    const replacement = this.inFloat32(id);
    this.casts.delete(id);
    this.delete(id);
    return replacement;
  }

  /** Deletes a tensor of either type, and what it was cast to. */
  delete(id: number): void {
    this.calls.deleteTensor(id);
    this.ids.delete(id);
    const cast = this.casts.get(id);
    if (cast === undefined) return;
    this.casts.delete(id);
    this.calls.deleteTensor(cast);
  }

  /** Deletes what has been cast. */
  forgetCasts(): void {
    for (const cast of this.casts.values()) this.calls.deleteTensor(cast);
    this.casts.clear();
  }

  private cast(id: number, from: DataTypeNumber, to: DataTypeNumber): number {
    this.forgetCastsOfAnotherRecording();
    const known = this.casts.get(id);
    if (known !== undefined) return known;
    const attributes = [
      attribute.type('SrcT', from),
      attribute.type('DstT', to),
      attribute.bool('Truncate', false),
    ];
    const [result] = this.calls.executeOp('Cast', attributes, [id], 1) as [TensorMetadata];
    this.casts.set(id, result.id);
    return result.id;
  }

  /** What is computed while something is recorded exists at other times than what is not. */
  private forgetCastsOfAnotherRecording(): void {
    if (isRecording() === this.recording) return;
    this.recording = !this.recording;
    this.forgetCasts();
  }
}
