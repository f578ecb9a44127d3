const SIGNATURES = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
] as const;

/**
 * What kind of image bytes are, by how they begin; undefined if of none that a browser only draws. Above all no SVG, which
 * is a document.
 */
export function imageType(bytes: Uint8Array): string | undefined {
  const kind = SIGNATURES.find(([, signature]) => signature.every((byte, index) => bytes[index] === byte));
  return kind?.[0];
}
