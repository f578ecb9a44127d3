/**
 * The format as exact bytes. It does not load TensorFlow.js.
 * @packageDocumentation
 */
export { decodeRaw } from './decode-raw.ts';
export type { Dtype } from './dtype.ts';
export { encodeRaw, encodeRawChunks } from './encode-raw.ts';
export { openRaw, type RawFile, type TensorInfo } from './raw-file.ts';
export type { Metadata, RawContents, RawTensor } from './raw-tensor.ts';
export { rawToValue, valueToRaw } from './tensor-values.ts';
