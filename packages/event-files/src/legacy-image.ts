import type { ImageValue } from './event-record.ts';
import { lengthKey, ProtoReader, varintKey } from './proto-reader.ts';

/** Decodes `Summary.Image` (`core/framework/summary.proto`), which PyTorch and tensorboardX write. */
export function decodeLegacyImage(message: Uint8Array): ImageValue {
  let height = 0;
  let width = 0;
  let image = new Uint8Array(0);
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === varintKey(1)) height = reader.varint();
    else if (reader.key === varintKey(2)) width = reader.varint();
    else if (reader.key === lengthKey(4)) image = reader.bytes().slice();
    else reader.skip();
  }
  return { width, height, images: [image] };
}
