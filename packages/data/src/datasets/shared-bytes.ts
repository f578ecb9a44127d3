/** The same bytes in memory that all threads share; those that are shared already, or none of the other kind, as they are. */
export function sharedBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = allocateShared(bytes.length);
  shared.set(bytes);
  return shared;
}

/** Zeros in memory that all threads share. */
export function allocateShared(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}
