/** IEEE half-precision numbers as float32, exactly. */
export function widenFloat16(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const finite = (half & 0x7c00) !== 0x7c00;
    bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13) | (finite ? 0 : 0x7f800000);
    // The fields now stand in their places; the exponents' biases, 15 and 127, differ by 112.
    if (finite) floats[i] = (floats[i] as number) * 2 ** 112;
  }
  return floats;
}

/** bfloat16 numbers as float32, exactly: they are its upper halves. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}
