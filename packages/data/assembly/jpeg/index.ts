// The inner loops of decoding JPEG, in AssemblyScript: see ../build.ts. All addresses are bytes in the module's memory,
// which the caller lays out from `firstFree` on. What is computed is what libjpeg-turbo computes, bit for bit.
export { paint, paintGrey } from './colour.ts';
export { buildTable, tableBytes } from './huffman.ts';
export { decodeScan } from './scan.ts';
export { transformBlocks } from './transform.ts';

/** Where memory is free. */
export function firstFree(): usize {
  return __heap_base;
}
