import { checker, show, type TensorValue, type ValueDtype } from '@loopwright/core';
import type { Dtype } from './dtype.ts';
import { type Fail, quote } from './failure.ts';
import { widenBfloat16, widenFloat16 } from './half-floats.ts';
import type { RawTensor } from './raw-tensor.ts';

const check = checker('safetensors', 'tensor values');

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const FROM_VALUE = {
  float32: { dtype: 'F32', array: Float32Array },
  int32: { dtype: 'I32', array: Int32Array },
  bool: { dtype: 'BOOL', array: Uint8Array },
} as const satisfies Record<ValueDtype, { dtype: Dtype; array: unknown }>;

/**
 * The exact bytes of a tensor's value: float32 as F32, int32 as I32, bool as BOOL.
 *
 * @param name for the error's message
 * @param value borrowed; the result shares its memory
 * @example
 * const raw = valueToRaw('images', readTensor(images));
 * raw.dtype; // 'F32'
 */
export function valueToRaw(name: string, value: TensorValue, fail: Fail = check.fail): RawTensor {
  requireLittleEndian(fail);
  const target = Object.hasOwn(FROM_VALUE, value.dtype) ? FROM_VALUE[value.dtype] : undefined;
  if (target === undefined) {
    return fail(`tensor ${quote(name)}: dtype must be float32, int32 or bool, got ${show(value.dtype)}`);
  }
  const { data, shape } = value;
  if (!(data instanceof target.array)) {
    fail(`tensor ${quote(name)}: ${value.dtype} needs a ${target.array.name}, got ${data.constructor.name}`);
  }
  return {
    dtype: target.dtype,
    shape,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/**
 * A tensor of a file as a type that TensorFlow.js has: F64, F32, F16 and BF16 as float32 (F64 is rounded); integers as
 * int32, if all fit; BOOL as bool.
 *
 * @param name for the error's message
 * @param raw borrowed; the result may share its memory
 * @throws LoopwrightError if an integer does not fit into int32, a BOOL is neither 0 nor 1, or the type has no
 * counterpart (F8, F6, F4, C64)
 * @example
 * const value = rawToValue('ids', { dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) });
 * value.dtype; // 'int32'
 */
export function rawToValue(name: string, raw: RawTensor, fail: Fail = check.fail): TensorValue {
  requireLittleEndian(fail);
  const convert = TO_VALUE[raw.dtype];
  if (convert === undefined) {
    return fail(`tensor ${quote(name)}: TensorFlow.js has no type for ${raw.dtype}; read its bytes instead`);
  }
  const { dtype, data } = convert(raw.bytes, (problem) => fail(`tensor ${quote(name)}: ${problem}`));
  return { dtype, shape: [...raw.shape], data };
}

type Converted = Pick<TensorValue, 'dtype' | 'data'>;
type Convert = (bytes: Uint8Array, refuse: Fail) => Converted;

const float32 = (data: Float32Array): Converted => ({ dtype: 'float32', data });
const int32 = (data: Int32Array): Converted => ({ dtype: 'int32', data });

const TO_VALUE: { readonly [K in Dtype]?: Convert } = {
  F32: (bytes) => float32(view(Float32Array, bytes)),
  F64: (bytes) => float32(new Float32Array(view(Float64Array, bytes))),
  F16: (bytes) => float32(widenFloat16(view(Uint16Array, bytes))),
  BF16: (bytes) => float32(widenBfloat16(view(Uint16Array, bytes))),
  I32: (bytes) => int32(view(Int32Array, bytes)),
  I16: (bytes) => int32(new Int32Array(view(Int16Array, bytes))),
  I8: (bytes) => int32(new Int32Array(view(Int8Array, bytes))),
  U16: (bytes) => int32(new Int32Array(view(Uint16Array, bytes))),
  U8: (bytes) => int32(new Int32Array(bytes)),
  U32: (bytes, refuse) => int32(narrow(view(Uint32Array, bytes), refuse)),
  I64: (bytes, refuse) => int32(narrow(view(BigInt64Array, bytes), refuse)),
  U64: (bytes, refuse) => int32(narrow(view(BigUint64Array, bytes), refuse)),
  BOOL: (bytes, refuse) => {
    const stray = bytes.findIndex((byte) => byte > 1);
    if (stray >= 0) refuse(`BOOL must be 0 or 1, got ${bytes[stray]} at index ${stray}`);
    return { dtype: 'bool', data: view(Uint8Array, bytes) }; // never a Buffer, whose slice() would not copy
  },
};

/** Integers as int32, or the error naming the first that does not fit. */
function narrow(values: Uint32Array | BigInt64Array | BigUint64Array, refuse: Fail): Int32Array {
  const result = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number | bigint;
    if (value < -0x80000000 || value > 0x7fffffff) {
      return refuse(`${value} at index ${i} does not fit into int32; read its bytes instead`);
    }
    result[i] = Number(value);
  }
  return result;
}

interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): T;
}

/** Bytes as elements: a view where they are aligned, and a copy where they are not. */
function view<T>(type: ArrayType<T>, bytes: Uint8Array): T {
  const isAligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : new Uint8Array(bytes);
  return new type(buffer, byteOffset, byteLength / type.BYTES_PER_ELEMENT);
}

function requireLittleEndian(fail: Fail): void {
  if (!IS_LITTLE_ENDIAN) fail('big-endian machines are not supported: files are little-endian');
}
