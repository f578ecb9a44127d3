import { refuse } from './refuse.ts';

/** Codes of markers. */
export const MARKER = {
  sof0: 0xc0,
  sof2: 0xc2,
  dht: 0xc4,
  soi: 0xd8,
  eoi: 0xd9,
  sos: 0xda,
  dqt: 0xdb,
  dri: 0xdd,
  app0: 0xe0,
  app15: 0xef,
  comment: 0xfe,
} as const;

/** Reads the marker at `at`, before which there may be bytes to fill up. */
export function markerAt(file: Uint8Array, at: number): { readonly code: number; readonly end: number } {
  let end = at;
  while (file[end] === 0xff) end++;
  if (end === at) refuse('no marker');
  return { code: file[end] ?? refuse('end of file'), end: end + 1 };
}

/** Reads the segment whose length is at `at`. */
export function segmentAt(
  file: Uint8Array,
  at: number,
): { readonly segment: Uint8Array; readonly end: number } {
  const end = at + word(file, at);
  if (end < at + 2 || end > file.length) refuse('length of a segment');
  return { segment: file.subarray(at + 2, end), end };
}

/** A restart interval (DRI), in MCUs. */
export function readRestartInterval(segment: Uint8Array): number {
  if (segment.length !== 2) refuse('restart interval');
  return word(segment, 0);
}

/** Two bytes; 0 for those that are not there. */
export function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
