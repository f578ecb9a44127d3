/**
 * The element types of the format, with their size in bits, in the order in which the reference implementation
 * sorts them: tensors are written from the last of these to the first, so that wide elements stay aligned.
 *
 * Source: `Dtype` of the Rust crate `safetensors` 0.8.
 */
const BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** An element type of the format. */
export type Dtype = keyof typeof BITS;

const ORDER = Object.keys(BITS);

/** Whether a value names an element type of the format. */
export function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(BITS, value);
}

/** Compares two types for the order of writing: widest first. */
export function compareDtypes(a: Dtype, b: Dtype): number {
  return ORDER.indexOf(b) - ORDER.indexOf(a);
}

/**
 * The number of bytes that a tensor takes, or what is wrong with its shape as the rest of a sentence that starts with
 * "its shape".
 */
export function byteLength(dtype: Dtype, shape: readonly number[]): number | string {
  let bits: number = BITS[dtype];
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) return `must hold non-negative integers, got ${length}`;
    bits *= length;
    if (!Number.isSafeInteger(bits)) return 'is too large: its number of bits overflows';
  }
  return bits % 8 === 0 ? bits / 8 : `of ${dtype} must fill whole bytes`;
}
